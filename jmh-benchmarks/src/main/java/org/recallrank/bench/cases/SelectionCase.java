package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;

/**
 * RAR's selection (Eq. 1 and 2): for each row of a batch the k candidates of its user's list that
 * are nearest to its item. As many users as rows, as many items as ten times the length of a list.
 */
public final class SelectionCase implements KernelCase {
  public final int batch;
  public final int listLength;
  public final int words;
  public final int k;
  private final int items;

  /** [items, words], of targets and candidates. */
  public final long[] signatures;

  /** [batch], the target item of each row. */
  public final int[] target;

  /** [batch], the list of each row. */
  public final int[] listOf;

  /** [batch, listLength], the items of each list. */
  public final int[] candidates;

  /** [batch, k]. */
  public final int[] position;

  public SelectionCase(int batch, int listLength, int bits, int k) {
    this.batch = batch;
    this.listLength = listLength;
    this.words = bits / 64;
    this.k = k;
    items = 10 * listLength;
    SplittableRandom random = new SplittableRandom(42);
    signatures = Oracle.signatures(random, items, words);
    target = Oracle.positions(random, batch, items);
    listOf = Oracle.positions(random, batch, batch);
    candidates = Oracle.positions(random, Math.multiplyExact(batch, listLength), items);
    position = new int[batch * k];
  }

  @Override
  public String name() {
    return "selection of "
        + k
        + " from "
        + batch
        + " lists of "
        + listLength
        + " "
        + 64 * words
        + " bits";
  }

  /** Lists of several rows are read once. Work on integers only. */
  @Override
  public Work work() {
    double lists = Oracle.distinct(listOf, batch);
    double ints = 2.0 * batch + lists * listLength + (double) batch * k;
    double bytes = Integer.BYTES * ints + Long.BYTES * (double) signatures.length;
    return new Work((double) batch * listLength, "distances", 0, bytes);
  }

  @Override
  public void reset() {
    Arrays.fill(position, -1);
  }

  @Override
  public Object run(Kernels kernels) {
    BitMatrix all = BitMatrix.of(signatures, words);
    Lists lists = new Lists(candidates, listLength, Ids.of(listOf));
    kernels.hamming().topKOfLists(all, Ids.of(target), all, lists, k, position);
    return position;
  }

  /** Sorts the positions of each list by distance, then by position. */
  @Override
  public void compare() {
    long[] nearest = new long[listLength];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < listLength; i++) {
        int candidate = candidates[listOf[b] * listLength + i];
        nearest[i] =
            (long) Oracle.hamming(signatures, target[b], signatures, candidate, words) << 32 | i;
      }
      Arrays.sort(nearest);
      for (int j = 0; j < k; j++) {
        Oracle.same(name(), b * k + j, position[b * k + j], (int) nearest[j]);
      }
    }
  }
}
