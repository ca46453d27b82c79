package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

class FoldsTest {
  private static final int FOLDS = 5;
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.categorical("user", Field.Role.USER, 300),
              Field.categorical("item", Field.Role.ITEM, 300),
              Field.categorical("hour", Field.Role.CONTEXT, 24)),
          0,
          1);

  private static int fold(int user, int item, int hour) {
    Rows rows = new Rows(SCHEMA.fields(), 1, new int[][] {{user}, {item}, {hour}}, new float[3][]);
    return Folds.of(new Batch(SCHEMA, rows, new float[1], new int[1]).hash(0), FOLDS);
  }

  /** Of all rows, of each user and of each item. */
  @Test
  void foldsAreOfAboutTheSameSize() {
    double[] all = new double[FOLDS];
    for (int one = 0; one < 300; one++) {
      double[] ofUser = new double[FOLDS];
      double[] ofItem = new double[FOLDS];
      for (int other = 0; other < 300; other++) {
        all[fold(one, other, 3)] += 1 / 90_000.0;
        ofUser[fold(one, other, 3)] += 1 / 300.0;
        ofItem[fold(other, one, 3)] += 1 / 300.0;
      }
      for (int f = 0; f < FOLDS; f++) {
        assertThat(ofUser[f]).isCloseTo(0.2, within(0.13)); // 5.6 standard deviations
        assertThat(ofItem[f]).isCloseTo(0.2, within(0.13));
      }
    }
    for (double share : all) {
      assertThat(share).isCloseTo(0.2, within(0.0075));
    }
  }

  @Test
  void rowsOfOneUserAndItemAreInDifferentFolds() {
    int same = 0;
    for (int hour = 1; hour < 24; hour++) {
      same += fold(7, 9, hour) == fold(7, 9, 0) ? 1 : 0;
    }
    assertThat(same).isBetween(1, 12);
  }
}
