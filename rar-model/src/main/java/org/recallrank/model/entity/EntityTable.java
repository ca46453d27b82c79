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
        for (int i = 0; i < n; i++) {
          numbers[f][i] = rows.numbers()[f][entities.get(i)];
        }
      } else {
        int length = fields.get(f).maxLength();
        ids[f] = tape.allocateInts(n * length);
        for (int i = 0; i < n; i++) {
          System.arraycopy(rows.ids()[f], entities.get(i) * length, ids[f], i * length, length);
        }
      }
    }
    return new Rows(fields, n, ids, numbers);
  }
}
