package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.HammingKernel.TopK;

/**
 * The k smallest of n small integers, ascending, ties by position: a counting sort that stops at
 * the k-th.
 *
 * <p>A distance is one of few values, so one pass counts how often each occurs; the running sum of
 * the counts says where each distance starts in the result and which is the last one needed; a
 * second pass finds the positions of those that are not larger, and a third puts these few in
 * order. No comparison with other candidates, no heap.
 */
public final class CountingTopK {
  private CountingTopK() {}

  /** How many ints of work {@link #last} wants. */
  public static int room(int largest) {
    return 2 * (largest + 2);
  }

  /**
   * Counts.
   *
   * @param distance n distances, each in 0 to {@code largest}
   * @param start {@link #room} ints; receives for each distance how many are smaller
   * @return the largest distance of which at least one is needed
   */
  public static int last(int[] distance, int n, int largest, int[] start, int k) {
    int half = largest + 2;
    Arrays.fill(start, 0, 2 * half, 0);
    // Neighbours count in turns, so that equal ones need not wait for each other's sum.
    int i = 0;
    for (; i < n - 1; i += 2) {
      start[distance[i] + 1]++;
      start[half + distance[i + 1] + 1]++;
    }
    if (i < n) {
      start[distance[i] + 1]++;
    }
    int last = 0;
    for (int d = 0; d <= largest && start[d] < k; d++) {
      last = d;
      start[d + 1] += start[half + d + 1] + start[d];
    }
    return last;
  }

  /**
   * Puts the k smallest in order.
   *
   * @param distance of all
   * @param position those whose distance is not larger than {@link #last}, ascending
   * @param start as {@link #last} left it
   * @param result receives them as those of query {@code q}; its distances may be null
   */
  public static void place(int[] distance, int[] position, int[] start, int k, TopK result, int q) {
    int[] index = result.index();
    int[] sorted = result.distance();
    int left = k;
    for (int i = 0; left > 0; i++) {
      int d = distance[position[i]];
      if (start[d] < k) {
        int slot = q * k + start[d]++;
        index[slot] = position[i];
        if (sorted != null) {
          sorted[slot] = d;
        }
        left--;
      }
    }
  }
}
