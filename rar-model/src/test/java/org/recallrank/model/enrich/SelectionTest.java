package org.recallrank.model.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.tensor.Rng;

class SelectionTest {
  private static final int USERS = 30;
  private static final int ITEMS = 40;
  private static final int WORDS = 2;
  private static final int L = 9;
  private static final int R = 15;
  private static final int KL = 4;
  private static final int KR = 6;

  private final Rng rng = new Rng(3);
  private final long[] userSignatures = signatures(USERS);
  private final long[] itemSignatures = signatures(ITEMS);
  private final RecallPools pools =
      new RecallPools(USERS, R, L, members(USERS * R, ITEMS), members(USERS * L, USERS));

  /** Few bits set, so that equal distances are frequent. */
  private long[] signatures(int n) {
    long[] words = new long[n * WORDS];
    for (int i = 0; i < words.length; i++) {
      words[i] = 1L << rng.nextInt(5) | 1L << rng.nextInt(5) + 30;
    }
    return words;
  }

  private int[] members(int n, int bound) {
    int[] members = new int[n];
    for (int i = 0; i < n; i++) {
      members[i] = rng.nextInt(bound);
    }
    return members;
  }

  /**
   * Sorts the whole list by distance; the sort is stable, so of equal ones the first stays first.
   */
  private static int[] nearest(long[] signatures, int query, int[] list, int from, int n, int k) {
    return IntStream.range(0, n)
        .boxed()
        .sorted(Comparator.comparingInt(i -> distance(signatures, query, list[from + i])))
        .limit(k)
        .mapToInt(i -> i)
        .toArray();
  }

  private static int distance(long[] signatures, int a, int b) {
    int distance = 0;
    for (int w = 0; w < WORDS; w++) {
      distance += Long.bitCount(signatures[a * WORDS + w] ^ signatures[b * WORDS + w]);
    }
    return distance;
  }

  @Test
  void agreesWithSortingTheWholePool() {
    for (KernelSelector.Candidate backend : new KernelSelector().candidates()) {
      if (backend.available()) {
        try (Workers workers = Workers.create(2)) {
          check(new KernelSelector().select(backend.name(), workers).kernels());
        }
      }
    }
  }

  private void check(Kernels kernels) {
    Selection selection = new Selection(pools, KL, KR);
    int ties = 0;
    for (int rows : new int[] {3, 14, 12, 14}) { // growing and shrinking batches
      int[] rowUsers = members(rows, USERS); // many rows of the same user
      int[] rowItems = members(rows, ITEMS);
      selection.select(
          kernels.hamming(), userSignatures, itemSignatures, WORDS, rowUsers, rowItems, rows);
      for (int b = 0; b < rows; b++) {
        String what = kernels.name() + ", row " + b + " of " + rows;
        int user = rowUsers[b];
        int[] look = nearest(userSignatures, user, pools.users(), user * L, L, KL);
        assertThat(Arrays.copyOfRange(selection.userPositions(), b * KL, b * KL + KL))
            .as(what)
            .containsExactly(look);
        int[] items = nearest(itemSignatures, rowItems[b], pools.items(), user * R, R, KR);
        assertThat(Arrays.copyOfRange(selection.itemPositions(), b * KR, b * KR + KR))
            .as(what)
            .containsExactly(items);
        for (int u = 0; u < KL; u++) {
          assertThat(selection.users()[b * KL + u]).isEqualTo(pools.users()[user * L + look[u]]);
        }
        for (int i = 0; i < KR; i++) {
          assertThat(selection.items()[b * KR + i]).isEqualTo(pools.items()[user * R + items[i]]);
        }
        int last = pools.items()[user * R + items[KR - 1]];
        int secondLast = pools.items()[user * R + items[KR - 2]];
        ties +=
            distance(itemSignatures, rowItems[b], last)
                    == distance(itemSignatures, rowItems[b], secondLast)
                ? 1
                : 0;
      }
    }
    assertThat(ties).as("rows in which the tie rule decided").isPositive();
  }
}
