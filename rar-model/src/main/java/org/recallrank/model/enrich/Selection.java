package org.recallrank.model.enrich;

import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.Ids;
import org.recallrank.model.recall.RecallPools;

/**
 * The cross-stage selection module (Eq. 1 and 2): of each row's pools the k_l users nearest to its
 * user and the k_r items nearest to its item. No gradient flows through a selection: it takes
 * arrays of the tape's step, but records nothing.
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
  private final WithoutTarget others;
  private final Neighbours ofUsers; // null: each user is its own and only look-alike
  private final Neighbours ofItems;

  /**
   * What is selected, for the step of its tape.
   *
   * @param users table rows of the look-alikes, [rows, kl]
   * @param items table rows of the recall items, [rows, kr]
   */
  record Selected(Ids users, int kl, Ids items, int kr) {}

  Selection(RecallPools pools, int kl, Neighbours ofUsers, int kr, Neighbours ofItems) {
    this.pools = pools;
    this.kl = kl;
    this.kr = kr;
    this.ofUsers = ofUsers;
    this.ofItems = ofItems;
    others = new WithoutTarget(kr, pools.itemsPerUser());
  }

  /** With the target user itself in the place of look-alikes (RAR-user of section 4.3). */
  static Selection ofTargetUser(RecallPools pools, int kr, Neighbours ofItems) {
    return new Selection(pools, 1, null, kr, ofItems);
  }

  /**
   * Selects for the rows of a batch.
   *
   * @param users the user of each row
   * @param items the item of each row
   * @param lists which list of recall items is each row's
   */
  Selected select(Tape tape, Ids users, Ids items, Ids lists) {
    Ids recallItems = recallItems(tape, items, lists);
    return new Selected(ofUsers == null ? users : lookAlikes(tape, users), kl, recallItems, kr);
  }

  private Ids recallItems(Tape tape, Ids targets, Ids lists) {
    int rows = targets.size();
    int r = pools.itemsPerUser();
    int wide = others.wide();
    int[] nearest = tape.allocateInts(rows * wide); // the target among them
    ofItems.nearest(tape.kernels(), targets, new Lists(pools.items(), r, lists), wide, nearest);
    int[] items = tape.allocateInts(rows * kr);
    for (int b = 0; b < rows; b++) {
      int list = lists.get(b) * r;
      others.pick(pools.items(), list, targets.get(b), nearest, b, items);
      for (int i = b * kr; i < (b + 1) * kr; i++) {
        items[i] = pools.items()[list + items[i]];
      }
    }
    return Ids.of(items, rows * kr);
  }

  private Ids lookAlikes(Tape tape, Ids users) {
    int rows = users.size();
    int l = pools.usersPerUser();
    SlotMap distinct = tape.slotMap(pools.userCount());
    int[] queryOfRow = tape.allocateInts(rows);
    distinct.slots(users, queryOfRow);
    Ids queries = distinct.distinct();
    int[] nearest = tape.allocateInts(queries.size() * kl);
    ofUsers.nearest(tape.kernels(), queries, new Lists(pools.users(), l, queries), kl, nearest);
    int[] lookAlikes = tape.allocateInts(rows * kl);
    for (int b = 0; b < rows; b++) {
      int pool = users.get(b) * l;
      int from = queryOfRow[b] * kl;
      for (int u = 0; u < kl; u++) {
        lookAlikes[b * kl + u] = pools.users()[pool + nearest[from + u]];
      }
    }
    return Ids.of(lookAlikes, rows * kl);
  }
}
