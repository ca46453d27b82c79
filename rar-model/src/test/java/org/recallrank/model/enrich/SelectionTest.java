package org.recallrank.model.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.model.enrich.Selection.Selected;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.tensor.Rng;

class SelectionTest {
  private static final int USERS = 30;
  private static final int SESSIONS = 20;
  private static final int ITEMS = 40;
  private static final int WORDS = 2;
  private static final int L = 9;
  private static final int R = 15;
  private static final int KL = 4;
  private static final int KR = 6;

  private final Rng rng = new Rng(3);
  private final BitMatrix userSignatures = signatures(USERS);
  private final BitMatrix itemSignatures = signatures(ITEMS);
  private final RecallPools pools =
      new RecallPools(
          USERS,
          R,
          L,
          SESSIONS,
          0,
          pools(USERS + SESSIONS, R, ITEMS, false),
          pools(USERS, L, USERS, true));

  /** Few bits set, so that equal distances are frequent. */
  private BitMatrix signatures(int n) {
    long[] words = new long[n * WORDS];
    for (int i = 0; i < words.length; i++) {
      words[i] = 1L << rng.nextInt(5) | 1L << rng.nextInt(5) + 30;
    }
    return BitMatrix.of(words, WORDS);
  }

  private int[] members(int n, int bound) {
    int[] members = new int[n];
    for (int i = 0; i < n; i++) {
      members[i] = rng.nextInt(bound);
    }
    return members;
  }

  /** Lists of {@code size} different entities, the user itself perhaps not among them. */
  private int[] pools(int lists, int size, int bound, boolean others) {
    int[] pools = new int[lists * size];
    for (int u = 0; u < lists; u++) {
      int user = u;
      int[] all = IntStream.range(0, bound).filter(i -> !others || i != user).toArray();
      for (int i = 0; i < size; i++) {
        int j = i + rng.nextInt(all.length - i);
        pools[u * size + i] = all[j];
        all[j] = all[i];
      }
    }
    return pools;
  }

  /**
   * Sorts the whole list by distance, the query itself last; the sort is stable, so of equal ones
   * the first stays first.
   */
  private static int[] nearest(
      BitMatrix signatures, int query, int[] list, int from, int n, int k) {
    return IntStream.range(0, n)
        .boxed()
        .sorted(
            Comparator.comparingInt(
                i ->
                    list[from + i] == query
                        ? Integer.MAX_VALUE
                        : distance(signatures, query, list[from + i])))
        .limit(k)
        .mapToInt(i -> i)
        .toArray();
  }

  private static int distance(BitMatrix signatures, int a, int b) {
    int distance = 0;
    for (int w = 0; w < WORDS; w++) {
      distance +=
          Long.bitCount(signatures.data()[a * WORDS + w] ^ signatures.data()[b * WORDS + w]);
    }
    return distance;
  }

  @Test
  void agreesWithSortingTheWholePool() {
    for (KernelSelector.Candidate backend : new KernelSelector().candidates()) {
      if (backend.available()) {
        try (Workers workers = Workers.create(2)) {
          Kernels kernels = new KernelSelector().select(backend.name(), workers).kernels();
          check(kernels, KR);
          check(kernels, R - 1);
          check(kernels, R); // the target too, where it is in the pool
        }
      }
    }
  }

  private void check(Kernels kernels, int kr) {
    Selection selection =
        new Selection(
            pools,
            KL,
            Neighbours.bySignature(k -> userSignatures),
            kr,
            Neighbours.bySignature(k -> itemSignatures));
    Tape tape = new Tape(kernels);
    int ties = 0;
    int targets = 0;
    for (int rows : new int[] {3, 14, 12, 14}) { // growing and shrinking batches
      int[] rowUsers = members(rows, USERS); // many rows of the same user
      int[] rowItems = members(rows, ITEMS);
      int[] rowLists = members(rows, USERS + SESSIONS);
      tape.startEvaluation();
      Selected selected =
          selection.select(tape, Ids.of(rowUsers), Ids.of(rowItems), Ids.of(rowLists));
      for (int b = 0; b < rows; b++) {
        int user = rowUsers[b];
        int list = rowLists[b];
        int[] look = nearest(userSignatures, user, pools.users(), user * L, L, KL);
        int[] items = nearest(itemSignatures, rowItems[b], pools.items(), list * R, R, kr);
        checkRow(kernels.name() + ", row " + b, selected, b, user, list, look, items);
        int last = pools.items()[list * R + items[kr - 1]];
        int secondLast = pools.items()[list * R + items[kr - 2]];
        ties +=
            distance(itemSignatures, rowItems[b], last)
                    == distance(itemSignatures, rowItems[b], secondLast)
                ? 1
                : 0;
        targets += inPool(user, rowItems[b]) ? 1 : 0;
      }
    }
    assertThat(ties).as("rows in which the tie rule decided").isPositive();
    assertThat(targets).as("rows whose target is in the pool").isPositive();
  }

  @Test
  void truncatingTakesTheFirstOfEachPoolButTheTarget() {
    Selection selection = new Selection(pools, KL, Neighbours.first(), KR, Neighbours.first());
    int[] rowUsers = {7, 3, 7};
    int[] rowItems = {pools.items()[7 * R + 2], 0, 0};
    rowItems[1] = IntStream.range(0, ITEMS).filter(i -> !inPool(3, i)).findFirst().orElseThrow();
    rowItems[2] = pools.items()[7 * R + KR];
    Selected selected =
        selection.select(new Tape(null), Ids.of(rowUsers), Ids.of(rowItems), Ids.of(rowUsers));
    int[] look = {0, 1, 2, 3};
    checkRow("target among them", selected, 0, 7, 7, look, 0, 1, 3, 4, 5, 6);
    checkRow("target elsewhere", selected, 1, 3, 3, look, 0, 1, 2, 3, 4, 5);
    checkRow("target next", selected, 2, 7, 7, look, 0, 1, 2, 3, 4, 5);
  }

  /** Exact selection against sorting by inner products; small whole numbers make ties. */
  @Test
  void exactSelectionAgreesWithSortingInnerProducts() {
    int dim = 3;
    float[] userVectors = wholeNumbers(USERS * dim);
    float[] itemVectors = wholeNumbers(ITEMS * dim);
    for (KernelSelector.Candidate backend : new KernelSelector().candidates()) {
      if (backend.available()) {
        try (Workers workers = Workers.create(2)) {
          Kernels kernels = new KernelSelector().select(backend.name(), workers).kernels();
          Selection selection =
              new Selection(
                  pools,
                  KL,
                  Neighbours.byInnerProduct(Matrix.of(userVectors, USERS, dim)),
                  KR,
                  Neighbours.byInnerProduct(Matrix.of(itemVectors, ITEMS, dim)));
          int[] rowUsers = members(20, USERS);
          int[] rowItems = members(20, ITEMS);
          Selected selected =
              selection.select(
                  new Tape(kernels), Ids.of(rowUsers), Ids.of(rowItems), Ids.of(rowUsers));
          for (int b = 0; b < 20; b++) {
            int user = rowUsers[b];
            checkRow(
                backend.name() + ", row " + b,
                selected,
                b,
                user,
                user,
                largest(userVectors, user, pools.users(), user * L, L, KL, dim),
                largest(itemVectors, rowItems[b], pools.items(), user * R, R, KR, dim));
          }
        }
      }
    }
  }

  private float[] wholeNumbers(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = rng.nextInt(5) - 2;
    }
    return values;
  }

  private static int[] largest(
      float[] vectors, int query, int[] list, int from, int n, int k, int dim) {
    return IntStream.range(0, n)
        .boxed()
        .sorted(
            Comparator.comparingDouble(
                i -> {
                  double product = 0;
                  for (int d = 0; d < dim; d++) {
                    product += vectors[query * dim + d] * vectors[list[from + i] * dim + d];
                  }
                  return list[from + i] == query ? Double.MAX_VALUE : -product;
                }))
        .limit(k)
        .mapToInt(i -> i)
        .toArray();
  }

  private boolean inPool(int user, int item) {
    return Arrays.stream(pools.items(), user * R, user * R + R).anyMatch(i -> i == item);
  }

  private void checkRow(
      String what, Selected selected, int row, int user, int list, int[] look, int... items) {
    for (int u = 0; u < KL; u++) {
      assertThat(selected.users().get(row * KL + u))
          .as("%s, look-alike %d", what, u)
          .isEqualTo(pools.users()[user * L + look[u]]);
    }
    for (int i = 0; i < items.length; i++) {
      assertThat(selected.items().get(row * items.length + i))
          .as("%s, item %d", what, i)
          .isEqualTo(pools.items()[list * R + items[i]]);
    }
  }
}
