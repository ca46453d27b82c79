package org.recallrank.bench.coldstart;

import java.nio.file.Path;
import org.recallrank.model.serve.Ranker;

/** Our side: a run folder is loaded and scores one request. */
public final class RecallRankColdStart {
  private RecallRankColdStart() {}

  /** The argument is the run folder. */
  public static void main(String[] arguments) {
    float[] probabilities = new float[ColdStartRequest.CANDIDATES];
    try (Ranker ranker = Ranker.builder(Path.of(arguments[0])).threads(1).warmUp(false).build()) {
      ranker
          .session()
          .score(
              ColdStartRequest.USER,
              ColdStartRequest.items(),
              ColdStartRequest.CANDIDATES,
              new int[] {ColdStartRequest.PLACE},
              probabilities);
      ColdStartRequest.print(probabilities);
    }
  }
}
