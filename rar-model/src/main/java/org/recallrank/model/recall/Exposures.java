package org.recallrank.model.recall;

import java.util.Arrays;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;

/**
 * Who has been shown which items in training, whatever came of it: the labels y_ep of a selection
 * (Eq. 8), and of CIM's recall items. It takes memory by the training rows, not by the pools.
 *
 * <p>Immutable: threads may share it.
 */
public final class Exposures {
  private final int userCount;
  private final ItemSets ofUsers;
  private final ItemSets ofSessions; // those of session s belong to owner s; null without sessions

  private Exposures(int userCount, ItemSets ofUsers, ItemSets ofSessions) {
    this.userCount = userCount;
    this.ofUsers = ofUsers;
    this.ofSessions = ofSessions;
  }

  /**
   * Those of data without sessions.
   *
   * @param userCount rows of the user table
   * @param users and {@code items}: table rows of each training row, whatever its label
   */
  public static Exposures of(int userCount, int[] users, int[] items) {
    return new Exposures(userCount, new ItemSets(userCount, users, items), null);
  }

  /**
   * As {@link #of(int, int[], int[])}, and by session.
   *
   * @param sessions of the same rows, from 1; 0 for a row without
   */
  public static Exposures of(int userCount, int[] users, int[] items, int[] sessions) {
    int last = Arrays.stream(sessions).max().orElse(0);
    return new Exposures(
        userCount, new ItemSets(userCount, users, items), new ItemSets(last + 1, sessions, items));
  }

  /**
   * out[i] = 1 if the owner of a list was shown item i, else 0. Sessions that are not of training
   * were shown nothing.
   *
   * @param owner a user or session, as {@link RecallPools#owner}
   * @param items table rows of {@code count} items, from {@code itemOffset}
   */
  public void ownLabels(
      int owner, int[] items, int itemOffset, int count, float[] out, int outOffset) {
    boolean isUser = owner < userCount;
    ItemSets sets = isUser ? ofUsers : ofSessions;
    Arrays.fill(out, outOffset, outOffset + count, 0);
    sets.mark(isUser ? owner : owner - userCount + 1, items, itemOffset, count, out, outOffset);
  }

  /**
   * y_ep: out[b, i] = 1 if any of row b's look-alikes was shown its item i, else 0.
   *
   * @param lookAlikes table rows of users, kl for each row
   * @param items table rows of items, kr for each row
   * @param out [rows, kr]
   */
  public void labels(Ids lookAlikes, Ids items, Matrix out) {
    int rows = out.rows();
    int kl = lookAlikes.size() / rows;
    int kr = out.cols();
    for (int b = 0; b < rows; b++) {
      int at = out.at(b, 0);
      Arrays.fill(out.data(), at, at + kr, 0);
      for (int u = b * kl; u < (b + 1) * kl; u++) {
        int item = items.offset() + b * kr;
        ofUsers.mark(lookAlikes.get(u), items.data(), item, kr, out.data(), at);
      }
    }
  }
}
