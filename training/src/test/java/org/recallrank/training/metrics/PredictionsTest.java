package org.recallrank.training.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.tensor.Tensor;

class PredictionsTest {
  private static Metrics measure(Schema schema) {
    Rows rows = new Rows(schema.fields(), 4, new int[][] {{1, 1, 1, 1}}, new float[1][]);
    Batch batch = new Batch(schema, rows, new float[] {1, 0, 0, 1}, new int[4]);
    Predictions predictions = new Predictions();
    predictions.add(batch, Tensor.wrap(new float[] {0.9f, 0.1f, 0.8f, 0.7f}, 4));
    return predictions.metrics();
  }

  @Test
  void withoutUsersThereIsNoGauc() {
    List<Field> fields = List.of(Field.categorical("a", Field.Role.USER, 5));
    Metrics ofUsers = measure(new Schema(fields, 0, -1));
    assertThat(ofUsers.auc()).isEqualTo(0.75);
    assertThat(ofUsers.gauc()).as("one user").isEqualTo(0.75);
    Metrics of = measure(new Schema(fields, -1, -1));
    assertThat(of.auc()).isEqualTo(0.75);
    assertThat(of.gauc()).isNaN();
    assertThat(of.gaucGroups()).isZero();
  }
}
