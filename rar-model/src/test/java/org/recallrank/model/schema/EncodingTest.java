package org.recallrank.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.training.source.Split.TEST;
import static org.recallrank.training.source.Split.TRAIN;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.data.Interactions;
import org.recallrank.training.source.TestSource;

class EncodingTest {
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
    return Encoding.fit(
        new TestSource(COLUMNS)
            .add(TRAIN, 1, "u1", "i1", "i2^i1", 0.5)
            .add(TRAIN, 0, "u2", "i2", "", 1),
        1);
  }

  @Test
  void aSavedEncodingGivesTheSameNumbers() {
    Encoding encoding = fitted();
    encoding.save(folder);
    Encoding loaded = Encoding.load(folder);
    assertThat(loaded.schema()).isEqualTo(encoding.schema());
    assertThat(loaded.vocabularies().get(2)).isSameAs(loaded.vocabularies().get(1));
    assertThat(loaded.vocabularies().get(3)).isNull();
    for (String token : List.of("i1", "i2", "i3")) {
      assertThat(loaded.vocabularies().get(1).row(token))
          .isEqualTo(encoding.vocabularies().get(1).row(token));
    }
  }

  @Test
  void tokensAfterTheLongestSequenceCountToo() {
    Encoding encoding =
        Encoding.fit(
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
    fitted()
        .encode(
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
    assertThatThrownBy(() -> fitted().encode(other, TEST, 3, batch -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected the columns");
  }

  @Test
  void aMissingVocabularyIsNamed() {
    fitted().save(folder);
    assertThat(folder.resolve("vocabulary/00-user.txt").toFile().delete()).isTrue();
    assertThatThrownBy(() -> Encoding.load(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("00-user.txt: cannot be read: there is no such file");
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
      Batch batch = new BatchBuffer(data.schema(), 2).fill(data.split(TRAIN), 0, 2);
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
