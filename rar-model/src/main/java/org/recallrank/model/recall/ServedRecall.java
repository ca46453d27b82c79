package org.recallrank.model.recall;

import org.recallrank.model.entity.EntityTable;

/**
 * What a model that only scores knows of other users and items.
 *
 * <p>May be shared by any number of threads; nobody may write to its arrays.
 *
 * @param users the user entities
 * @param items the item entities
 * @param vectors the recall model's, or null
 */
public record ServedRecall(
    EntityTable users, EntityTable items, UserPools pools, RecallVectors vectors) {

  /** The same for who has seen the vectors, and need not keep them. */
  public ServedRecall withoutVectors() {
    return new ServedRecall(users, items, pools, null);
  }
}
