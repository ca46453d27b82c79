package org.recallrank.training.metrics;

import java.util.Arrays;

/**
 * How well scores rank and predict clicks, in double precision.
 *
 * @param auc area under the ROC curve: the chance that a clicked row scores above one not clicked,
 *     ties counting one half; NaN if all labels are the same
 * @param gauc AUC per group (user), averaged with the groups' numbers of rows as weights (FuxiCTR,
 *     {@code metrics.py}); groups of one class are left out; NaN if no group has both classes
 * @param gaucGroups groups that have both classes
 * @param gaucRows rows of those groups
 * @param logloss mean binary cross-entropy of the scores as probabilities, clipped to [1e-7, 1 -
 *     1e-7]; NaN without rows
 */
public record Metrics(double auc, double gauc, long gaucGroups, long gaucRows, double logloss) {
  private static final double EPSILON = 1e-7;

  /** As {@link #of(float[], float[], int[], int)} of all rows. */
  public static Metrics of(float[] labels, float[] probabilities, int[] groups) {
    if (labels.length != probabilities.length
        || (groups != null && groups.length != labels.length)) {
      throw new IllegalArgumentException(
          "%d labels, %d scores and %s groups; expected as many of each"
              .formatted(
                  labels.length, probabilities.length, groups == null ? "no" : groups.length));
    }
    return of(labels, probabilities, groups, labels.length);
  }

  /**
   * Measures the first {@code rows} rows.
   *
   * @param labels 0 or 1
   * @param probabilities predicted chance of a click; AUC and gAUC look at their order only
   * @param groups the user of each row, any numbers; null leaves gAUC undefined
   * @throws IllegalArgumentException if a label is neither 0 nor 1
   * @throws ArithmeticException if a score is NaN
   */
  public static Metrics of(float[] labels, float[] probabilities, int[] groups, int rows) {
    check(labels, probabilities, rows);
    long[] byScore = sortByScore(probabilities, rows);
    long[] keys = rankAndLabel(byScore, labels, probabilities);
    RankSum all = new RankSum();
    all.addGroups(keys);
    RankSum users = new RankSum();
    if (groups != null) {
      for (int i = 0; i < rows; i++) {
        keys[i] |= (long) groups[(int) byScore[i]] << 32;
      }
      Arrays.sort(keys);
      users.addGroups(keys);
    }
    return new Metrics(
        all.mean(), users.mean(), users.groups, users.rows, logloss(labels, probabilities, rows));
  }

  private static void check(float[] labels, float[] scores, int rows) {
    for (int i = 0; i < rows; i++) {
      if (labels[i] != 0 && labels[i] != 1) {
        throw new IllegalArgumentException("label " + i + " should be 0 or 1, found " + labels[i]);
      }
      if (Float.isNaN(scores[i])) {
        throw new ArithmeticException("score " + i + " is NaN: has the model diverged?");
      }
    }
  }

  /**
   * Row numbers (low half) by ascending score (high half), so that no boxed comparison is needed.
   */
  private static long[] sortByScore(float[] scores, int rows) {
    long[] order = new long[rows];
    for (int i = 0; i < rows; i++) {
      int bits = Float.floatToRawIntBits(scores[i] + 0f); // + 0 makes -0 a 0
      int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      order[i] = (long) ascending << 32 | i;
    }
    Arrays.sort(order);
    return order;
  }

  /**
   * Per position in score order: rank of the score, equal for ties, and the label as lowest bit.
   */
  private static long[] rankAndLabel(long[] byScore, float[] labels, float[] scores) {
    long[] keys = new long[byScore.length];
    long rank = 0;
    for (int i = 0; i < keys.length; i++) {
      int row = (int) byScore[i];
      if (i > 0 && scores[row] != scores[(int) byScore[i - 1]]) {
        rank++;
      }
      keys[i] = rank << 1 | (labels[row] == 1 ? 1 : 0);
    }
    return keys;
  }

  private static double logloss(float[] labels, float[] probabilities, int rows) {
    double sum = 0;
    for (int i = 0; i < rows; i++) {
      double p = Math.clamp((double) probabilities[i], EPSILON, 1 - EPSILON);
      sum -= Math.log(labels[i] == 1 ? p : 1 - p);
    }
    return rows == 0 ? Double.NaN : sum / rows;
  }

  /** Sums n_g * AUC_g over groups. */
  private static final class RankSum {
    private long groups;
    private long rows;
    private double weighted;

    /**
     * Adds each group of the keys.
     *
     * @param keys ascending: group (high 32 bits), rank of the score (31 bits), label (1 bit)
     */
    void addGroups(long[] keys) {
      for (int begin = 0, end; begin < keys.length; begin = end) {
        end = begin + 1;
        while (end < keys.length && keys[end] >> 32 == keys[begin] >> 32) {
          end++;
        }
        addGroup(keys, begin, end);
      }
    }

    private void addGroup(long[] keys, int begin, int end) {
      long positives = 0;
      long negatives = 0;
      long twiceWins =
          0; // pairs (clicked, not clicked) in the right order, twice; a tie is half one
      for (int i = begin, next; i < end; i = next) {
        long tiedPositives = 0;
        for (next = i; next < end && keys[next] >> 1 == keys[i] >> 1; next++) {
          tiedPositives += keys[next] & 1;
        }
        long tiedNegatives = next - i - tiedPositives;
        twiceWins += tiedPositives * (2 * negatives + tiedNegatives);
        positives += tiedPositives;
        negatives += tiedNegatives;
      }
      if (positives > 0 && negatives > 0) {
        groups++;
        rows += end - begin;
        weighted += (end - begin) * (twiceWins / (2.0 * (positives * negatives)));
      }
    }

    double mean() {
      return groups == 0 ? Double.NaN : weighted / rows;
    }
  }
}
