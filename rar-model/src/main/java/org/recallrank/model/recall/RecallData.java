package org.recallrank.model.recall;

import org.recallrank.model.entity.EntityTable;

/**
 * All that RAR and CIM know of other users and items, made from training data (or by a recall stage
 * that there is already).
 *
 * <p>May be shared by any number of threads; nobody may write to its arrays.
 *
 * @param users the user entities
 * @param items the item entities
 * @param exposures who was shown what; null where nothing is trained
 * @param vectors frozen vectors of the recall model; null if there are none, and then signatures
 *     can only be those of the model's own embeddings
 */
public record RecallData(
    EntityTable users,
    EntityTable items,
    RecallPools pools,
    Exposures exposures,
    RecallVectors vectors) {}
