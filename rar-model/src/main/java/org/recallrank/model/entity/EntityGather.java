package org.recallrank.model.entity;

import java.util.List;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;

/** Picks rows out of an entity table, into arrays that are used again for the next pick. */
public final class EntityGather {
  private final EntityTable table;
  private int capacity;
  private int[][] ids;
  private float[][] numbers;

  public EntityGather(EntityTable table) {
    this.table = table;
  }

  /** The rows entities[from .. from + n) of the table; valid until the next call. */
  public Rows pick(int[] entities, int from, int n) {
    List<Field> fields = table.rows().fields();
    if (capacity < n || ids == null) {
      capacity = n + n / 8;
      ids = new int[fields.size()][];
      numbers = new float[fields.size()][];
      for (int f = 0; f < fields.size(); f++) {
        if (fields.get(f).type() == Field.Type.NUMERIC) {
          numbers[f] = new float[capacity];
        } else {
          ids[f] = new int[capacity * fields.get(f).maxLength()];
        }
      }
    }
    for (int f = 0; f < fields.size(); f++) {
      if (numbers[f] != null) {
        float[] source = table.rows().numbers()[f];
        for (int i = 0; i < n; i++) {
          numbers[f][i] = source[entities[from + i]];
        }
      } else {
        int length = fields.get(f).maxLength();
        int[] source = table.rows().ids()[f];
        for (int i = 0; i < n; i++) {
          System.arraycopy(source, entities[from + i] * length, ids[f], i * length, length);
        }
      }
    }
    return new Rows(fields, n, ids, numbers);
  }
}
