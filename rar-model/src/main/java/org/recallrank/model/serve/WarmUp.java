package org.recallrank.model.serve;

import org.recallrank.model.schema.Rows;

/** Makes requests up, so that the JVM compiles what real ones will need. */
final class WarmUp {
  private static final long NANOSECONDS = 2_000_000_000L;
  private static final int[] ROWS = {1, 100, BlockScorer.ROWS};

  private WarmUp() {}

  static void run(FrozenModel frozen) {
    BlockScorer scorer = new BlockScorer(frozen);
    Rows rows = scorer.rows();
    float[] out = new float[BlockScorer.ROWS];
    long start = System.nanoTime();
    for (int round = 0; System.nanoTime() - start < NANOSECONDS; round++) {
      for (int f = 0; f < rows.fields().size(); f++) {
        int[] ids = rows.ids()[f];
        for (int i = 0; ids != null && i < ids.length; i++) {
          ids[i] = (int) ((round + (long) i * i) % rows.fields().get(f).vocabularySize());
        }
      }
      scorer.score(ROWS[round % ROWS.length], out, 0);
    }
  }
}
