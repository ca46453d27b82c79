package org.recallrank;

import java.util.List;
import java.util.Map;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;

/** The embedding layer in double, one row at a time. */
final class OracleEmbedding {
  private OracleEmbedding() {}

  /** The fields of a row side by side. */
  static double[] of(Map<String, float[]> weights, int dim, Rows rows, int row) {
    List<Field> fields = rows.fields();
    double[] out = new double[fields.size() * dim];
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      float[] weight =
          weights.get(
              "embedding_layer.embedding_layer.embedding_layers." + field.name() + ".weight");
      if (field.type() == Field.Type.NUMERIC) {
        for (int j = 0; j < dim; j++) {
          out[f * dim + j] = (double) rows.numbers()[f][row] * weight[j];
        }
        continue;
      }
      int length = field.maxLength();
      int count = 0;
      for (int t = 0; t < length; t++) {
        int id = rows.ids()[f][row * length + t];
        count += id == 0 ? 0 : 1;
        for (int j = 0; j < dim; j++) {
          out[f * dim + j] += weight[id * dim + j];
        }
      }
      for (int j = 0; j < dim; j++) {
        out[f * dim + j] /= Math.max(count, 1);
      }
    }
    return out;
  }
}
