package org.recallrank.bench.coldstart;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The request of every process, about a run of {@link ColdStartRun}. */
public final class ColdStartRequest {
  public static final int CANDIDATES = 100;
  public static final int FIELDS = 3;
  static final int USER = 17;
  static final int PLACE = 5;

  private ColdStartRequest() {}

  /** Table rows of the candidates. */
  static int[] items() {
    return IntStream.rangeClosed(1, CANDIDATES).toArray();
  }

  /** Table rows of all fields, [fields, candidates]. */
  public static int[][] ids() {
    int[] user = new int[CANDIDATES];
    Arrays.fill(user, USER);
    int[] place = new int[CANDIDATES];
    Arrays.fill(place, PLACE);
    return new int[][] {user, items(), place};
  }

  /** Prints what tells whether two processes have computed the same. */
  public static void print(float[] probabilities) {
    double sum = 0;
    for (float p : probabilities) {
      sum += p;
    }
    System.out.println(sum / probabilities.length);
  }
}
