package org.recallrank.model.recall;

/**
 * Divides the training rows for recall models that have not seen some of them. A recall model draws
 * the vectors of a user and an item together where the user clicked the item, so the pool of a user
 * that it has seen tells of a training row whether it was clicked, and of a later row it cannot.
 * Rows of a fold are therefore trained with pools of a model that was trained on the other folds
 * (cross-fitting).
 *
 * <p>The same user and item are always in the same fold, however many rows they have.
 */
final class Folds {
  private Folds() {}

  /** The fold of a user and an item, 0 to {@code folds} - 1, by a hash of both. */
  static int of(int user, int item, int folds) {
    long hash = ((long) user << 32 | item) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
    return (int) ((hash >>> 33) % folds);
  }

  /** The pairs that are not in a fold. */
  static Pairs without(Pairs pairs, int fold, int folds) {
    int[] kept = new int[pairs.count()];
    int count = 0;
    for (int p = 0; p < kept.length; p++) {
      if (of(pairs.users()[p], pairs.items()[p], folds) != fold) {
        kept[count++] = p;
      }
    }
    int[] users = new int[count];
    int[] items = new int[count];
    for (int k = 0; k < count; k++) {
      users[k] = pairs.users()[kept[k]];
      items[k] = pairs.items()[kept[k]];
    }
    return new Pairs(users, items);
  }
}
