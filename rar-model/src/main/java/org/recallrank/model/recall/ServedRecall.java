package org.recallrank.model.recall;

import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.ServingTables;

/**
 * What a model that only scores knows of other users and items.
 *
 * <p>May be shared by any number of threads but for the tables; nobody may write to its arrays.
 *
 * @param users the user entities
 * @param items the item entities
 * @param vectors the recall model's, or null
 * @param tables where an enricher finds what it has derived before, while it is built; then null
 */
public record ServedRecall(
    EntityTable users,
    EntityTable items,
    UserPools pools,
    RecallVectors vectors,
    ServingTables tables) {

  /** The same for who is built, and need not keep what it was built of. */
  public ServedRecall toKeep() {
    return new ServedRecall(users, items, pools, null, null);
  }
}
