package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.HammingKernel.TopK;

/**
 * The k smallest of n small integers, ascending, ties by position: a counting sort that stops at
 * the k-th.
 *
 * <p>A distance is one of few values, so one pass counts how often each occurs; the running sum of
 * the counts says where each distance starts in the result and which is the last one needed; a
 * second pass puts the positions there. No comparison with other candidates, no heap.
 */
public final class CountingTopK {
  private CountingTopK() {}

  /**
   * @param distance n distances, each in 0 to {@code largest}
   * @param start work array of {@code largest + 2} ints
   * @param result receives them as those of query {@code q}; its distances may be null
   */
  public static void select(
      int[] distance, int n, int largest, int[] start, int k, TopK result, int q) {
    Arrays.fill(start, 0, largest + 2, 0);
    for (int i = 0; i < n; i++) {
      start[distance[i] + 1]++;
    }
    int last = 0; // the largest distance of which at least one is needed
    for (int d = 0; d <= largest && start[d] < k; d++) {
      last = d;
      start[d + 1] += start[d];
    }
    int[] index = result.index();
    int[] sorted = result.distance();
    int left = k;
    for (int i = 0; left > 0; i++) {
      int d = distance[i];
      if (d <= last && start[d] < k) {
        int slot = q * k + start[d]++;
        index[slot] = i;
        if (sorted != null) {
          sorted[slot] = d;
        }
        left--;
      }
    }
  }
}
