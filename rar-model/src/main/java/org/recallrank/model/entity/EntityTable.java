package org.recallrank.model.entity;

import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;

/**
 * All users (or items) that the training data holds, each as its row of user (item) fields.
 *
 * <p>Row r belongs to table row r of the schema's user (item) field: row 0 is padding (all 0), the
 * last row out-of-vocabulary (every field out-of-vocabulary, numbers 0), the others as first seen
 * in training.
 *
 * @param rows the fields of one role only, in schema order
 */
public record EntityTable(Field.Role role, Rows rows) {

  /** How many rows, padding and out-of-vocabulary included. */
  public int size() {
    return rows.size();
  }
}
