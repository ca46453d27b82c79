package org.recallrank.model.recall;

/**
 * What the towers of a recall model give, rows as in the entity tables.
 *
 * @param users [users, dim]
 * @param items [items, dim]
 */
public record RecallVectors(float[] users, float[] items, int dim) {}
