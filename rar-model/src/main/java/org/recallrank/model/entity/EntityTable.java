package org.recallrank.model.entity;

import java.util.List;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Ids;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;

/**
 * All users (or items) that the training data holds, each as its row of user (item) fields.
 *
 * <p>Row r belongs to table row r of the schema's user (item) field: row 0 is padding (all 0), the
 * last row out-of-vocabulary (every field out-of-vocabulary, numbers 0), the others as first seen
 * in training.
 *
 * <p>May be shared by any number of threads; nobody may write to its arrays.
 *
 * @param rows the fields of one role only, in schema order
 */
public record EntityTable(Field.Role role, Rows rows) {

  /** How many rows, padding and out-of-vocabulary included. */
  public int size() {
    return rows.size();
  }

  /** The rows of some entities, in arrays of the tape's step. */
  public Rows pick(Tape tape, Ids entities) {
    List<Field> fields = rows.fields();
    int n = entities.size();
    int[][] ids = new int[fields.size()][];
    float[][] numbers = new float[fields.size()][];
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).type() == Field.Type.NUMERIC) {
        numbers[f] = tape.allocate(n).data();
      } else {
        ids[f] = tape.allocateInts(n * fields.get(f).maxLength());
      }
    }
    Rows picked = new Rows(fields, n, ids, numbers);
    tape.forward(() -> copy(entities, picked));
    return picked;
  }

  private void copy(Ids entities, Rows to) {
    for (int f = 0; f < to.ids().length; f++) {
      for (int i = 0; i < to.size(); i++) {
        copy(entities.get(i), f, to, f, i);
      }
    }
  }

  /**
   * Copies a field of an entity.
   *
   * @param field its place among {@link #rows}
   * @param toField its place among the fields of {@code to}
   * @param toRow the row there
   */
  public void copy(int entity, int field, Rows to, int toField, int toRow) {
    if (rows.ids()[field] == null) {
      to.numbers()[toField][toRow] = rows.numbers()[field][entity];
      return;
    }
    int length = rows.fields().get(field).maxLength();
    int[] from = rows.ids()[field];
    int[] ids = to.ids()[toField];
    if (length == 1) {
      ids[toRow] = from[entity];
    } else {
      System.arraycopy(from, entity * length, ids, toRow * length, length);
    }
  }
}
