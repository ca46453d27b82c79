package org.recallrank.model.recall;

import org.recallrank.kernels.Matrix;
import org.recallrank.model.schema.Field;

/**
 * What the towers of a recall model give, rows as in the entity tables.
 *
 * <p>May be shared by any number of threads; nobody may write to its arrays.
 *
 * @param users [users, dim]
 * @param items [items, dim]
 */
public record RecallVectors(float[] users, float[] items, int dim) {

  /** Those of users or of items, [entities, dim]. */
  public Matrix of(Field.Role role) {
    float[] vectors = role == Field.Role.USER ? users : items;
    return Matrix.of(vectors, vectors.length / dim, dim);
  }
}
