package org.recallrank.training.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.training.source.Split.TRAIN;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.training.data.EncodingBuilder;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.TestSource;

class PoolTest {
  @TempDir Path folder;

  private static Encoding encoding() {
    Columns columns =
        new Columns(
            List.of(
                Column.categorical("user", Field.Role.USER),
                Column.categorical("item", Field.Role.ITEM)),
            0,
            1);
    return EncodingBuilder.fit(
        new TestSource(columns)
            .add(TRAIN, 1, "ann", "m1")
            .add(TRAIN, 1, "bob", "m2")
            .add(TRAIN, 1, "cat", "m3"),
        1);
  }

  @Test
  void morePlacesThanAnArrayHasAreRefused() {
    assertThat(Pool.places(21_000_000, 100)).isEqualTo(2_100_000_000);
    assertThatThrownBy(() -> Pool.places(30_000_000L, 100))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "pool_items, pool_users, recall_folds: expected at most 71 places for each of 30000000"
                + " lists, found 100");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("pool.csv"), content);
  }

  @Test
  void theBestItemsOfEachUserAreKept() throws IOException {
    Path file =
        file(
            "who,what,how much\n"
                + "bob,m1,0.5\nann,m3,2\nann,m1,1\nann,m2,3\nbob,m9,1\neve,m1,1\neve,m9,1\n");
    PoolFile read = PoolFile.items(file, encoding(), 2, BadRows.FAIL);
    assertThat(read.pool().users()).isEqualTo(5);
    assertThat(read.pool().members()).containsExactly(0, 0, 2, 3, 1, 0, 0, 0, 0, 0);
    assertThat(read.pool().scores())
        .startsWith(
            Float.NEGATIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            3f,
            2f,
            0.5f,
            Float.NEGATIVE_INFINITY);
    assertThat(read.pool().count(1)).isEqualTo(2);
    assertThat(read.pool().count(2)).isEqualTo(1);
    assertThat(read.pool().count(3)).isZero();
    assertThat(read.rows()).isEqualTo(7);
    assertThat(read.unknownUsers()).isEqualTo(2);
    assertThat(read.unknownMembers()).isEqualTo(1);
  }

  @Test
  void usersAreNotTheirOwnLookAlikes() throws IOException {
    Path file = file("user,like,score\nann,ann,9\nann,bob,1\nbob,ann,1\n");
    PoolFile read = PoolFile.users(file, encoding(), 1, BadRows.FAIL);
    assertThat(read.pool().members()).containsExactly(0, 2, 1, 0, 0);
    assertThat(read.selves()).isEqualTo(1);
  }

  @Test
  void malformedFilesAreErrors() throws IOException {
    Path two = file("user,item\nann,m1\n");
    assertThatThrownBy(() -> PoolFile.items(two, encoding(), 1, BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessage(two + ": expected the columns user, item, score; the header has [user, item]");
    Path text = file("user,item,score\nann,m1,high\nann,m2,1\n");
    assertThatThrownBy(() -> PoolFile.items(text, encoding(), 1, BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("line 2: column score: expected a finite number, found 'high'");
    PoolFile read = PoolFile.items(text, encoding(), 1, new BadRows(1));
    assertThat(read.pool().members()).containsExactly(0, 2, 0, 0, 0);
    assertThat(read.skipped()).hasSize(1);
  }

  @Test
  void offersAgreeWithSortingAll() {
    Random random = new Random(8);
    for (int round = 0; round < 300; round++) {
      int width = 1 + random.nextInt(5);
      Pool pool = Pool.empty(2, width);
      Map<Integer, Float> best = new HashMap<>();
      List<Integer> order = new ArrayList<>();
      for (int n = random.nextInt(30); n > 0; n--) {
        int member = 1 + random.nextInt(8);
        float score = random.nextInt(4);
        pool.offer(1, member, score);
        if (!best.containsKey(member) || best.get(member) < score) {
          order.remove((Integer) member);
          order.add(member); // its place among equals is that of the offer that counts
          best.put(member, score);
        }
      }
      order.sort((a, b) -> Float.compare(best.get(b), best.get(a)));
      for (int i = 0; i < width; i++) {
        int expected = i < order.size() ? order.get(i) : 0;
        assertThat(pool.members()[width + i]).isEqualTo(expected);
        assertThat(pool.scores()[width + i])
            .isEqualTo(expected == 0 ? Float.NEGATIVE_INFINITY : best.get(expected));
      }
      assertThat(pool.count(0)).isZero();
    }
  }
}
