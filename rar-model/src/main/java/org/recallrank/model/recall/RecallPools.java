package org.recallrank.model.recall;

import org.recallrank.model.schema.Batch;

/**
 * What the recall stage hands to the ranking stage: for each user (table row of the user field) r
 * recall items and l look-alike users, best first; and where the data have sessions with a recall
 * set of their own, r recall items for each of them. For training there may be further lists of
 * each user, one per {@linkplain Folds fold}, which know nothing of the rows of the fold. Lists of
 * recall items are numbered: those of users first, then those of sessions, or fold by fold those of
 * users for training.
 *
 * <p>May be shared by any number of threads; nobody may write to its arrays.
 *
 * @param userCount rows of the user table, padding and out-of-vocabulary included
 * @param itemsPerUser r
 * @param usersPerUser l
 * @param sessions how many sessions have a list; 0 for none
 * @param folds how many lists for training each user has; 0 for none: then training takes the
 *     others
 * @param items [{@link #lists} * r] table rows of items
 * @param users [userCount * l] table rows of users
 */
public record RecallPools(
    int userCount,
    int itemsPerUser,
    int usersPerUser,
    int sessions,
    int folds,
    int[] items,
    int[] users)
    implements UserPools {

  /**
   * Takes the arrays as they are, without a copy.
   *
   * @throws IllegalArgumentException if there are both sessions and folds, or the arrays are not as
   *     long as the lists take
   */
  public RecallPools {
    if (sessions > 0 && folds > 0) {
      throw new IllegalArgumentException("expected lists of sessions or of folds, found both");
    }
    int lists = userCount * (1 + folds) + sessions;
    if (items.length != lists * itemsPerUser || users.length != userCount * usersPerUser) {
      throw new IllegalArgumentException(
          "pools of "
              + userCount
              + " users, "
              + sessions
              + " sessions and "
              + folds
              + " folds: expected "
              + lists * itemsPerUser
              + " items and "
              + userCount * usersPerUser
              + " users, found "
              + items.length
              + " and "
              + users.length);
    }
  }

  /** With the lists of users alone. */
  public RecallPools(int userCount, int itemsPerUser, int usersPerUser, int[] items, int[] users) {
    this(userCount, itemsPerUser, usersPerUser, 0, 0, items, users);
  }

  @Override
  public void copyItems(int user, int[] to) {
    System.arraycopy(items, user * itemsPerUser, to, 0, itemsPerUser);
  }

  @Override
  public void copyUsers(int user, int[] to) {
    System.arraycopy(users, user * usersPerUser, to, 0, usersPerUser);
  }

  /** How many lists of recall items there are. */
  public int lists() {
    return userCount * (1 + folds) + sessions;
  }

  /** Whose recall items a row gets: the list of its session if that has one, else of its user. */
  public int owner(Batch batch, int row) {
    int session = batch.sessions()[row];
    return sessions == 0 || session == 0 ? batch.users()[row] : userCount + session - 1;
  }

  /** The list that holds them: the owner's; in training, if there are folds, that of the fold. */
  public int list(Batch batch, int row, boolean training) {
    return training && folds > 0
        ? (1 + Folds.of(batch.hash(row), folds)) * userCount + batch.users()[row]
        : owner(batch, row);
  }

  /** The same of all rows, into {@code out}. */
  public void lists(Batch batch, boolean training, int[] out) {
    for (int row = 0; row < batch.size(); row++) {
      out[row] = list(batch, row, training);
    }
  }
}
