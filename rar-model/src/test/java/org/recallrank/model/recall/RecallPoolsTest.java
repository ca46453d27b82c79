package org.recallrank.model.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

class RecallPoolsTest {
  private static RecallPools pools() {
    return new RecallPools(2, 3, 1, new int[6], new int[] {1, 0});
  }

  @Test
  void aSelectionMayTakeAllButNotMore() {
    pools().checkSelection(1, 3);
    assertThatThrownBy(() -> pools().checkSelection(2, 3))
        .isInstanceOf(SettingsException.class)
        .hasMessage("rar_look_alikes: expected at most the 1 look-alike users of a pool, found 2");
    assertThatThrownBy(() -> pools().checkSelection(1, 4))
        .isInstanceOf(SettingsException.class)
        .hasMessage("rar_recall_items: expected at most the 3 recall items of a pool, found 4");
  }

  private static Batch batch(int[] users, int[] items, int[] sessions) {
    Schema schema =
        new Schema(
            List.of(
                Field.categorical("user", Field.Role.USER, 4),
                Field.categorical("item", Field.Role.ITEM, 50)),
            0,
            1);
    int size = users.length;
    Rows rows = new Rows(schema.fields(), size, new int[][] {users, items}, new float[2][]);
    return new Batch(schema, rows, new float[size], new int[size], sessions);
  }

  @Test
  void listsOfFoldsComeAfterThoseOfUsers() {
    int folds = 3;
    RecallPools pools = new RecallPools(4, 1, 1, 0, folds, new int[16], new int[4]);
    int[] users = new int[40];
    int[] items = new int[40];
    for (int row = 0; row < 40; row++) {
      users[row] = row % 4;
      items[row] = row;
    }
    Batch batch = batch(users, items, new int[40]);
    int[] lists = new int[40];
    pools.lists(batch, false, lists);
    assertThat(lists).isEqualTo(users);
    pools.lists(batch, true, lists);
    for (int row = 0; row < 40; row++) {
      int fold = Folds.of(batch.hash(row), folds);
      assertThat(lists[row]).isEqualTo(4 + fold * 4 + users[row]);
      assertThat(pools.owner(batch, row)).isEqualTo(users[row]);
    }
    assertThat(Arrays.stream(lists).map(list -> (list - 4) / 4).distinct().toArray())
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(pools.lists()).isEqualTo(16);
  }

  @Test
  void listsOfSessionsComeAfterThoseOfUsers() {
    RecallPools pools = new RecallPools(4, 1, 1, 2, 0, new int[6], new int[4]);
    Batch batch = batch(new int[] {3, 1, 2}, new int[] {5, 6, 7}, new int[] {2, 0, 1});
    for (boolean training : new boolean[] {false, true}) {
      int[] lists = new int[3];
      pools.lists(batch, training, lists);
      assertThat(lists).containsExactly(5, 1, 4);
    }
    assertThatThrownBy(() -> new RecallPools(4, 1, 1, 2, 3, new int[18], new int[4]))
        .hasMessageContaining("sessions or of folds, found both");
  }

  @Test
  void arraysMustFit() {
    assertThatThrownBy(() -> new RecallPools(2, 3, 1, 0, 2, new int[6], new int[2]))
        .hasMessageContaining("2 users, 0 sessions and 2 folds: expected 18 items");
    assertThatThrownBy(() -> new RecallPools(2, 3, 1, new int[5], new int[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 items and 2 users, found 5 and 2");
  }
}
