package org.recallrank.model.enrich;

import org.recallrank.autograd.SlotMap;
import org.recallrank.kernels.HammingKernel;
import org.recallrank.model.recall.RecallPools;

/**
 * The cross-stage selection module (Eq. 1 and 2): of each row's pools the k_l users nearest to its
 * user and the k_r items nearest to its item, by Hamming distance of signatures. It works outside
 * the tape.
 *
 * <p>Look-alikes depend on the user only and are selected once per distinct user of a batch.
 */
final class Selection {
  private final RecallPools pools;
  private final int kl;
  private final int kr;
  private final SlotMap distinctUsers;
  private int[] userPosition = new int[0]; // [distinct users, kl], then spread to [rows, kl]
  private int[] rowUserPosition = new int[0];
  private int[] itemPosition = new int[0];
  private int[] users = new int[0];
  private int[] items = new int[0];

  Selection(RecallPools pools, int kl, int kr) {
    this.pools = pools;
    this.kl = kl;
    this.kr = kr;
    distinctUsers = new SlotMap(pools.userCount());
  }

  /**
   * Selects for rows 0 .. rows - 1.
   *
   * @param words longs per signature
   */
  void select(
      HammingKernel hamming,
      long[] userSignatures,
      long[] itemSignatures,
      int words,
      int[] rowUsers,
      int[] rowItems,
      int rows) {
    if (users.length < rows * kl) {
      userPosition = new int[rows * kl];
      rowUserPosition = new int[rows * kl];
      users = new int[rows * kl];
      itemPosition = new int[rows * kr];
      items = new int[rows * kr];
    }
    distinctUsers.clear();
    for (int b = 0; b < rows; b++) {
      distinctUsers.slot(rowUsers[b]);
    }
    int[] distinct = distinctUsers.ids();
    int l = pools.usersPerUser();
    hamming.topKOfLists(
        userSignatures,
        distinct,
        distinctUsers.count(),
        userSignatures,
        pools.users(),
        l,
        distinct,
        words,
        kl,
        userPosition);
    int r = pools.itemsPerUser();
    hamming.topKOfLists(
        itemSignatures,
        rowItems,
        rows,
        itemSignatures,
        pools.items(),
        r,
        rowUsers,
        words,
        kr,
        itemPosition);
    for (int b = 0; b < rows; b++) {
      int user = rowUsers[b];
      int from = distinctUsers.slot(user) * kl;
      for (int u = 0; u < kl; u++) {
        int position = userPosition[from + u];
        rowUserPosition[b * kl + u] = position;
        users[b * kl + u] = pools.users()[user * l + position];
      }
      for (int i = 0; i < kr; i++) {
        items[b * kr + i] = pools.items()[user * r + itemPosition[b * kr + i]];
      }
    }
  }

  /** Selected users as table rows, [rows, kl]. */
  int[] users() {
    return users;
  }

  /** Selected items as table rows, [rows, kr]. */
  int[] items() {
    return items;
  }

  /** Positions of the selected users in the row's user pool, [rows, kl]. */
  int[] userPositions() {
    return rowUserPosition;
  }

  /** Positions of the selected items in the row's item pool, [rows, kr]. */
  int[] itemPositions() {
    return itemPosition;
  }
}
