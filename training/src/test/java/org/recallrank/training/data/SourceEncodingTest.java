package org.recallrank.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.training.source.Split.TEST;
import static org.recallrank.training.source.Split.TRAIN;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.training.source.TestSource;

/** From the rows of a source to vocabularies, and on to numbers. */
class SourceEncodingTest {
  private static final Columns COLUMNS =
      new Columns(
          List.of(
              Column.categorical("user", Field.Role.USER),
              Column.categorical("item", Field.Role.ITEM),
              new Column(
                  "history", Field.Type.SEQUENCE, Field.Role.USER, 2, Field.Pooling.SUM, "item"),
              Column.numeric("x", Field.Role.CONTEXT)),
          0,
          1);

  @TempDir Path folder;

  private static Encoding fitted() {
    return EncodingBuilder.fit(
        new TestSource(COLUMNS)
            .add(TRAIN, 1, "u1", "i1", "i2^i1", 0.5)
            .add(TRAIN, 0, "u2", "i2", "", 1),
        1);
  }

  @Test
  void tokensAfterTheLongestSequenceCountToo() {
    Encoding encoding =
        EncodingBuilder.fit(
            new TestSource(COLUMNS)
                .add(TRAIN, 1, "u1", "i1", "i2^i1^i3", 0.5)
                .add(TRAIN, 0, "u2", "i2", "i1^i2^i3", 1),
            2);
    assertThat(encoding.vocabularies().get(1).row("i3"))
        .isNotEqualTo(encoding.vocabularies().get(1).outOfVocabulary());
  }

  @Test
  void newRowsAreEncodedBatchByBatchInTheirOrder() {
    TestSource fresh =
        new TestSource(COLUMNS)
            .add(TRAIN, 1, "u1", "i1", "i1", 1)
            .add(TEST, 1, "u2", "i1", "i9^i2^i1", 2)
            .add(TEST, 0, "u7", "i3", null, 3)
            .add(TEST, 0, "u8", "i2", "i2", 4)
            .add(TEST, 0, "u7", "i2", "i2", 5);
    List<String> batches = new ArrayList<>();
    SourceEncoder.encode(
        fitted(),
        fresh,
        TEST,
        3,
        batch -> {
          StringBuilder text = new StringBuilder();
          for (int r = 0; r < batch.size(); r++) {
            int[][] ids = batch.rows().ids();
            text.append(ids[0][r]).append(' ').append(ids[1][r]).append(' ');
            text.append(ids[2][2 * r]).append('^').append(ids[2][2 * r + 1]).append(' ');
            text.append(batch.rows().numbers()[3][r]).append(" group ");
            text.append(batch.groups()[r]).append("; ");
          }
          batches.add(text.toString());
        });
    assertThat(batches)
        .containsExactly(
            "2 1 3^2 2.0 group 2; 3 3 0^0 3.0 group 4; 3 2 2^0 4.0 group 5; ",
            "3 2 2^0 5.0 group 4; ");
  }

  @Test
  void otherColumnsAreRefused() {
    TestSource other =
        new TestSource(new Columns(List.of(Column.categorical("user", Field.Role.USER)), 0, -1));
    assertThatThrownBy(() -> SourceEncoder.encode(fitted(), other, TEST, 3, batch -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected the columns");
  }

  @Test
  void interactionsAreThoseOfTraining() {
    TestSource source =
        new TestSource(COLUMNS)
            .add(TRAIN, 1, "u1", "i1", "i2^i1", 3)
            .add(TRAIN, 0, "u2", "i1", "i1", 0)
            .add(TEST, 1, "u1", "i2", "", 0);
    DatasetWriter.write(source, 1, folder.resolve("data"));
    try (DatasetFolder data = DatasetFolder.open(folder.resolve("data"))) {
      List<String> seen = new ArrayList<>();
      Interactions interactions = new Interactions(data.split(TRAIN));
      interactions.forEach(
          (user, item, label, session) -> seen.add(user + " " + item + " " + label));
      assertThat(seen).containsExactly("1 1 1.0", "2 1 0.0");
      Batch batch = data.split(TRAIN).fill(new BatchBuffer(data.schema(), 2), 0, 2);
      assertThat(interactions.hash(0)).isEqualTo(batch.hash(0)).isNotEqualTo(interactions.hash(1));
      assertThat(interactions.hash(1)).isEqualTo(batch.hash(1));
      assertThat(interactions.users()).isEqualTo(4);
      assertThat(interactions.items()).isEqualTo(4);
      assertThatThrownBy(() -> new Interactions(data.split(TEST)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("training rows only");
    }
  }
}
