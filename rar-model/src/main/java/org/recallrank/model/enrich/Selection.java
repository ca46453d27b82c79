package org.recallrank.model.enrich;

import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.enrich.RarConfig.Variant;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;

/**
 * The cross-stage selection module (Eq. 1 and 2): of each row's pools the k_l users nearest to its
 * user and the k_r items nearest to its item, by Hamming distance of signatures. No gradient flows
 * through a selection: it takes arrays of the tape's step, but records nothing.
 *
 * <p>As a user is no look-alike of its own, so the target item is not selected as its own recall
 * item, unless the pool has no more than k_r. It would add nothing to the row, which has its
 * embedding already. In training it would tell the label, as the recall model has learnt from the
 * row's own click unless it is asked not to: the target would be there more often than in later
 * rows.
 *
 * <p>Look-alikes depend on the user only and are selected once per distinct user of a batch.
 */
final class Selection {
  private final RecallPools pools;
  private final int kl;
  private final int kr;
  private final Variant variant;
  private final RecallVectors vectors; // of EXACT only
  private final int wide; // k_r and one more, so that k_r are left without the target

  /**
   * What is selected, for the step of its tape.
   *
   * @param users table rows of the look-alikes, [rows, kl]
   * @param items table rows of the recall items, [rows, kr]
   */
  record Selected(int[] users, int[] items) {}

  /**
   * @param kl ignored by {@link Variant#USER}, which has one
   * @param vectors of the recall model: what {@link Variant#EXACT} compares, needed by it only
   */
  Selection(RecallPools pools, int kl, int kr, Variant variant, RecallVectors vectors) {
    this.pools = pools;
    this.variant = variant;
    this.vectors = vectors;
    this.kl = variant.looksAround() ? kl : 1;
    this.kr = kr;
    wide = Math.min(kr + 1, pools.itemsPerUser());
  }

  /**
   * Selects for rows 0 .. rows - 1.
   *
   * @param tape whose step keeps the result
   * @param rowLists which list of recall items is each row's
   */
  Selected select(
      Tape tape,
      BitMatrix userSignatures,
      BitMatrix itemSignatures,
      int[] rowUsers,
      int[] rowItems,
      int[] rowLists,
      int rows) {
    Kernels kernels = tape.kernels();
    int[] nearest = tape.allocateInts(rows * wide); // the target among them
    if (variant == Variant.SELECT) {
      takeFirst(nearest, rows, wide);
    } else if (variant == Variant.EXACT) {
      ListNeighbours.topK(
          kernels,
          vectors.items(),
          rowItems,
          rows,
          vectors.items(),
          pools.items(),
          pools.itemsPerUser(),
          rowLists,
          vectors.dim(),
          wide,
          nearest);
    } else {
      kernels.device().keep(pools.items(), 0); // they never change
      kernels
          .hamming()
          .topKOfLists(
              itemSignatures,
              Ids.of(rowItems, rows),
              itemSignatures,
              new Lists(pools.items(), pools.itemsPerUser(), Ids.of(rowLists, rows)),
              wide,
              nearest);
    }
    int[] items = tape.allocateInts(rows * kr);
    for (int b = 0; b < rows; b++) {
      pickItems(nearest, b, rowLists[b] * pools.itemsPerUser(), rowItems[b], items);
    }
    int[] users = tape.allocateInts(rows * kl);
    if (variant.looksAround()) {
      selectUsers(tape, userSignatures, rowUsers, rows, users);
    } else {
      System.arraycopy(rowUsers, 0, users, 0, rows);
    }
    return new Selected(users, items);
  }

  private void selectUsers(Tape tape, BitMatrix signatures, int[] rowUsers, int rows, int[] users) {
    Kernels kernels = tape.kernels();
    int l = pools.usersPerUser();
    SlotMap queries = tape.slotMap(pools.userCount());
    int[] queryOfRow = tape.allocateInts(rows);
    queries.slots(rowUsers, rows, queryOfRow);
    int count = queries.count();
    int[] userPosition = tape.allocateInts(count * kl);
    if (variant == Variant.SELECT) {
      takeFirst(userPosition, count, kl);
    } else if (variant == Variant.EXACT) {
      int[] distinct = queries.ids();
      ListNeighbours.topK(
          kernels,
          vectors.users(),
          distinct,
          count,
          vectors.users(),
          pools.users(),
          l,
          distinct,
          vectors.dim(),
          kl,
          userPosition);
    } else {
      Ids distinct = Ids.of(queries.ids(), count);
      kernels.device().keep(pools.users(), 0);
      kernels
          .hamming()
          .topKOfLists(
              signatures,
              distinct,
              signatures,
              new Lists(pools.users(), l, distinct),
              kl,
              userPosition);
    }
    for (int b = 0; b < rows; b++) {
      int user = rowUsers[b];
      int from = queryOfRow[b] * kl;
      for (int u = 0; u < kl; u++) {
        users[b * kl + u] = pools.users()[user * l + userPosition[from + u]];
      }
    }
  }

  private static void takeFirst(int[] position, int lists, int k) {
    for (int i = 0; i < lists * k; i++) {
      position[i] = i % k;
    }
  }

  /** The nearest without the target; where that leaves one too few, the target at the end. */
  private void pickItems(int[] nearest, int row, int pool, int target, int[] items) {
    int out = row * kr;
    int end = out + kr;
    for (int i = row * wide; i < (row + 1) * wide && out < end; i++) {
      int item = pools.items()[pool + nearest[i]];
      if (item == target) {
        items[end - 1] = item; // overwritten if there is another one
      } else {
        items[out++] = item;
      }
    }
  }

  /** k_l. */
  int lookAlikes() {
    return kl;
  }
}
