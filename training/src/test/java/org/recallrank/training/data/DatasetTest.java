package org.recallrank.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.training.source.Split.TEST;
import static org.recallrank.training.source.Split.TRAIN;
import static org.recallrank.training.source.Split.VALID;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.TestSource;

class DatasetTest {
  private static final Columns COLUMNS =
      new Columns(
          List.of(
              Column.categorical("user", Field.Role.USER),
              Column.numeric("age", Field.Role.USER),
              Column.categorical("item", Field.Role.ITEM),
              Column.sequence("genres", Field.Role.ITEM, 3, Field.Pooling.MEAN),
              Column.categorical("hour", Field.Role.CONTEXT)),
          0,
          2);

  @TempDir Path folder;

  private DatasetFolder encode(DataSource source) {
    return encode(source, 1);
  }

  private DatasetFolder encode(DataSource source, int minCount) {
    DatasetWriter.write(source, minCount, folder.resolve("data"));
    return DatasetFolder.open(folder.resolve("data"));
  }

  private static TestSource small() {
    return new TestSource(COLUMNS)
        .add(TRAIN, 1, "ann", 30, "m1", "x^y", "8")
        .add(TRAIN, 0, "bob", 40.5, "m2", "", "9")
        .add(TRAIN, 1, "ann", 31, "m2", "y^^z^x^w", null)
        .add(VALID, 0, "cat", 7, "m3", "q^x", "8")
        .add(TEST, 1, "dan", 8, "m1", null, "9")
        .add(TEST, 0, "cat", 9, "m9", "x", "10")
        .add(TEST, 0, "bob", 9, "m2", "x", "9")
        .add(TEST, 0, "", 9, "m2", "x", "9");
  }

  @Test
  void rowsComeBackEncoded() {
    try (DatasetFolder data = encode(small())) {
      Schema schema = data.schema();
      assertThat(schema.fields().stream().map(Field::vocabularySize))
          .containsExactly(4, 0, 4, 6, 4); // of the genres w counts too, which is cut off below

      Batch train = data.split(TRAIN).fill(new BatchBuffer(schema, 10), 0, 3);
      assertThat(train.size()).isEqualTo(3);
      assertThat(Arrays.copyOf(train.users(), 3)).containsExactly(1, 2, 1);
      assertThat(Arrays.copyOf(train.rows().numbers()[1], 3)).containsExactly(30f, 40.5f, 31f);
      assertThat(Arrays.copyOf(train.items(), 3)).containsExactly(2, 1, 1);
      assertThat(Arrays.copyOf(train.rows().ids()[3], 9))
          .containsExactly(1, 2, 0, 0, 0, 0, 2, 3, 1);
      assertThat(Arrays.copyOf(train.rows().ids()[4], 3)).containsExactly(1, 2, 3);
      assertThat(Arrays.copyOf(train.labels(), 3)).containsExactly(1f, 0f, 1f);
      assertThat(Arrays.copyOf(train.groups(), 3)).containsExactly(1, 2, 1);
    }
  }

  @Test
  void nothingOfValidationAndTestReachesTheVocabulariesAndEntities() {
    try (DatasetFolder data = encode(small())) {
      Encoding encoding = data.encoding();
      assertThat(encoding.vocabularies().get(0).row("cat")).isEqualTo(3);
      assertThat(encoding.vocabularies().get(2).row("m3")).isEqualTo(3);
      assertThat(encoding.vocabularies().get(3).row("q")).isEqualTo(5);
      assertThat(EntityTables.users(data.split(TRAIN)).size()).isEqualTo(4);
      assertThatThrownBy(() -> EntityTables.users(data.split(TEST)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("training rows only");
    }
  }

  /** A source whose test rows differ must give the same encoding, byte for byte. */
  @Test
  void otherTestRowsGiveTheSameEncoding() throws IOException {
    TestSource other =
        small()
            .add(TEST, 1, "ann", 1, "m2", "q^q^q", "77")
            .add(VALID, 1, "ann", 1, "m2", "z", "77");
    DatasetWriter.write(small(), 1, folder.resolve("a"));
    DatasetWriter.write(other, 1, folder.resolve("b"));
    for (String part : List.of("vocabulary", "train")) {
      for (Path file : files(folder.resolve("a").resolve(part))) {
        Path twin = folder.resolve("b").resolve(part).resolve(file.getFileName());
        assertThat(twin).hasSameBinaryContentAs(file);
      }
    }
    assertThat(folder.resolve("b/schema.json"))
        .hasSameBinaryContentAs(folder.resolve("a/schema.json"));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> list = files.toList();
      assertThat(list).isNotEmpty();
      return list;
    }
  }

  @Test
  void usersThatTrainingDoesNotKnowAreGroupsOfTheirOwn() {
    try (DatasetFolder data = encode(small())) {
      BatchBuffer buffer = new BatchBuffer(data.schema(), 10);
      Batch valid = data.split(VALID).fill(buffer, 0, 1);
      assertThat(valid.users()[0]).isEqualTo(3);
      assertThat(valid.groups()[0]).isEqualTo(4); // cat
      Batch test = data.split(TEST).fill(buffer, 0, 4);
      assertThat(Arrays.copyOf(test.users(), 4)).containsExactly(3, 3, 2, 3);
      assertThat(Arrays.copyOf(test.groups(), 4)).containsExactly(5, 4, 2, 3); // dan cat bob -
    }
  }

  @Test
  void entitiesAreAsFirstSeenInTraining() {
    try (DatasetFolder data = encode(small())) {
      EntityTable users = EntityTables.users(data.split(TRAIN));
      assertThat(users.rows().fields()).extracting(Field::name).containsExactly("user", "age");
      assertThat(users.rows().ids()[0]).containsExactly(0, 1, 2, 3);
      assertThat(users.rows().numbers()[1]).containsExactly(0f, 30f, 40.5f, 0f);
      EntityTable items = EntityTables.items(data.split(TRAIN));
      assertThat(items.rows().ids()[0]).containsExactly(0, 1, 2, 3);
      assertThat(items.rows().ids()[1])
          .containsExactly(0, 0, 0, 0, 0, 0, 1, 2, 0, 5, 0, 0); // pad, m2, m1, unknown
    }
  }

  @Test
  void aSequenceMayShareTheTableOfTheItems() {
    Columns columns =
        new Columns(
            List.of(
                Column.categorical("user", Field.Role.USER),
                Column.categorical("item", Field.Role.ITEM),
                Column.numeric("price", Field.Role.ITEM),
                Column.categorical("kind", Field.Role.ITEM),
                new Column(
                    "history", Field.Type.SEQUENCE, Field.Role.USER, 2, Field.Pooling.SUM, "item")),
            0,
            1);
    TestSource source =
        new TestSource(columns)
            .add(TRAIN, 1, "u", "a", 2, "k", "b^c^d")
            .add(TRAIN, 0, "v", "a", 3, "k", "b")
            .add(VALID, 0, "v", "b", 3, "k", "a^d");
    try (DatasetFolder data = encode(source)) {
      Encoding encoding = data.encoding();
      assertThat(encoding.vocabularies().get(4)).isSameAs(encoding.vocabularies().get(1));
      assertThat(data.schema().fields().get(4).vocabularySize())
          .isEqualTo(6); // d counts, if cut off
      Batch valid = data.split(VALID).fill(new BatchBuffer(data.schema(), 1), 0, 1);
      assertThat(valid.rows().ids()[4]).containsExactly(1, 4);
      EntityTable items = EntityTables.items(data.split(TRAIN));
      assertThat(items.rows().ids()[0]).containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(items.rows().numbers()[1]).containsExactly(0f, 2f, 0f, 0f, 0f, 0f);
      assertThat(items.rows().ids()[2]).containsExactly(0, 1, 2, 2, 2, 2);
    }
  }

  @Test
  void rareTokensAreOneRowButTheirUsersAreGroupsOfTheirOwn() {
    TestSource source =
        small().add(TRAIN, 1, "eve", 5, "m1", "x", "8").add(TRAIN, 1, "fay", 5, "m1", "x", "8");
    try (DatasetFolder data = encode(source, 2)) {
      Batch train = data.split(TRAIN).fill(new BatchBuffer(data.schema(), 5), 0, 5);
      assertThat(train.users()).containsExactly(1, 2, 1, 2, 2);
      assertThat(train.groups()).containsExactly(1, 3, 1, 6, 7); // cat and dan come before
    }
  }

  @Test
  void randomRowsComeBackInAnyOrderAndAnyBatch() {
    Random random = new Random(4);
    TestSource source = new TestSource(COLUMNS);
    int rows = 5000; // more than the writer holds at once
    for (int r = 0; r < rows; r++) {
      source.add(
          TRAIN,
          random.nextInt(2),
          "u" + random.nextInt(300),
          random.nextFloat(),
          "i" + random.nextInt(50),
          "g" + random.nextInt(9) + "^g" + random.nextInt(9),
          String.valueOf(random.nextInt(24)));
    }
    List<String> expected = TestSource.lines(source, source.splits());
    try (DatasetFolder data = encode(source)) {
      Dataset train = data.split(TRAIN);
      assertThat(train.rows()).isEqualTo(rows);
      Encoding encoding = data.encoding();
      BatchBuffer buffer = new BatchBuffer(data.schema(), 64);
      for (int begin = 0; begin < rows; begin += 64) {
        Batch batch = train.fill(buffer, begin, Math.min(64, rows - begin));
        for (int r = 0; r < batch.size(); r++) {
          assertThat(decode(encoding, batch, r)).isEqualTo(expected.get(begin + r));
        }
      }
      Shuffle shuffle = new Shuffle(rows, 1);
      long[] order = new long[100];
      for (int n = shuffle.next(order, 100); n > 0; n = shuffle.next(order, 100)) {
        Batch batch = train.fill(buffer, order, 3, 61);
        for (int r = 0; r < batch.size(); r++) {
          assertThat(decode(encoding, batch, r)).isEqualTo(expected.get((int) order[3 + r]));
        }
      }
    }
  }

  private static String decode(Encoding encoding, Batch batch, int r) {
    int[][] ids = batch.rows().ids();
    List<Vocabulary> words = encoding.vocabularies();
    return "train "
        + String.join(
            "|",
            words.get(0).token(ids[0][r]),
            String.valueOf(batch.rows().numbers()[1][r]),
            words.get(2).token(ids[2][r]),
            words.get(3).token(ids[3][3 * r]) + "^" + words.get(3).token(ids[3][3 * r + 1]),
            words.get(4).token(ids[4][r]))
        + " "
        + batch.labels()[r];
  }

  @Test
  void fullBatchesAreTheSameObject() {
    try (DatasetFolder data = encode(small())) {
      BatchBuffer buffer = new BatchBuffer(data.schema(), 2);
      Batch first = data.split(TRAIN).fill(buffer, 0, 2);
      assertThat(data.split(TRAIN).fill(buffer, new long[] {2, 1}, 0, 2)).isSameAs(first);
      assertThat(first.users()).containsExactly(1, 2);
      assertThatThrownBy(() -> data.split(TRAIN).fill(buffer, 0, 3))
          .hasMessage("a batch of 3 rows; expected 1 to 2");
      assertThatThrownBy(() -> data.split(TRAIN).fill(buffer, 2, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void namesThatNoFileSystemLikesAreFine() {
    Columns columns =
        new Columns(
            List.of(
                Column.categorical("a/b", Field.Role.CONTEXT),
                Column.categorical("a\\b", Field.Role.CONTEXT),
                Column.categorical("..", Field.Role.CONTEXT),
                Column.categorical("\u4e2d ".repeat(200), Field.Role.CONTEXT)),
            -1,
            -1);
    try (DatasetFolder data = encode(new TestSource(columns).add(TRAIN, 1, "1", "2", "3", "4"))) {
      assertThat(data.schema().fields()).extracting(Field::name).contains("a/b", "..");
      assertThat(data.split(TRAIN).fill(new BatchBuffer(data.schema(), 1), 0, 1).groups()[0])
          .isZero();
    }
  }

  @Test
  void missingRowsAreErrorsAndLeaveNothing() throws IOException {
    Path target = folder.resolve("data");
    TestSource noTrain = new TestSource(COLUMNS).add(TEST, 1, "u", 1, "i", "g", "h");
    assertThatThrownBy(() -> DatasetWriter.write(noTrain, 1, target))
        .isInstanceOf(DataException.class)
        .hasMessage("expected rows to train on, found none in the training data");
    assertThat(folder).isEmptyDirectory();
    try (DatasetFolder data = encode(small())) {
      assertThat(data.splits()).containsExactly(TRAIN, VALID, TEST);
    }
    assertThat(files(folder)).containsExactly(target);
  }

  @Test
  void aFailureHalfWayLeavesNothing() {
    DataSource failing =
        new DataSource() {
          @Override
          public Columns columns() {
            return COLUMNS;
          }

          @Override
          public Set<Split> splits() {
            return EnumSet.allOf(Split.class);
          }

          @Override
          public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
            small().read(wanted, sink);
            if (wanted.contains(TEST)) {
              throw new DataException("a bad row");
            }
            return List.of();
          }

          @Override
          public String fingerprint() {
            return "";
          }
        };
    assertThatThrownBy(() -> DatasetWriter.write(failing, 1, folder.resolve("data")))
        .isInstanceOf(DataException.class)
        .hasMessage("a bad row");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void damagedFilesAreErrorsThatNameThem() throws IOException {
    encode(small()).close();
    Path column = folder.resolve("data/test/00-user.i32");
    Files.write(column, new byte[1], StandardOpenOption.APPEND);
    assertThatThrownBy(() -> DatasetFolder.open(folder.resolve("data")))
        .isInstanceOf(DataException.class)
        .hasMessage(column + ": expected 16 bytes, found 17 (damaged?)");
    for (String name : List.of("schema.json", "dataset.json")) {
      Path file = folder.resolve("data").resolve(name);
      String text = Files.readString(file);
      for (String damaged :
          List.of("", "{", "[]", "{\"version\":1}", text.replaceFirst("[0-9]+", "99"))) {
        Files.writeString(file, damaged);
        assertThatThrownBy(() -> DatasetFolder.open(folder.resolve("data")))
            .as("%s is %s", name, damaged)
            .isInstanceOf(DataException.class)
            .hasMessageContaining(name);
      }
      Files.writeString(file, text);
    }
  }

  @Test
  void valuesAreLittleEndianOnDisk() throws IOException {
    encode(small()).close();
    assertThat(folder.resolve("data/train/00-user.i32"))
        .hasBinaryContent(new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0});
    assertThat(folder.resolve("data/train/label.f32"))
        .hasBinaryContent(
            new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0, 0, 0, (byte) 0x80, 0x3f});
  }

  /** More than an int can count, in files that take no space where nothing was written. */
  @Test
  void columnsOfMoreThanTwoGigabytesAreRead() throws IOException {
    Columns columns = new Columns(List.of(Column.categorical("a", Field.Role.CONTEXT)), -1, -1);
    encode(new TestSource(columns).add(TRAIN, 1, "x")).close();
    Path data = folder.resolve("data");
    long rows = 600_000_000;
    for (String name : List.of("00-a.i32", "label.f32", "group.i32")) {
      Path file = data.resolve("train").resolve(name);
      byte[] one = Files.readAllBytes(file);
      Files.delete(file);
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.SPARSE,
              StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(one), 4 * (rows - 1));
      }
    }
    Path manifest = data.resolve("dataset.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"train\": 1", "\"train\": " + rows));
    try (DatasetFolder opened = DatasetFolder.open(data)) {
      assertThat(opened.split(TRAIN).rows()).isEqualTo(rows);
      BatchBuffer buffer = new BatchBuffer(opened.schema(), 2);
      Batch last = opened.split(TRAIN).fill(buffer, rows - 2, 2);
      assertThat(last.rows().ids()[0]).containsExactly(0, 1);
      assertThat(last.labels()).containsExactly(0f, 1f);
      Batch picked = opened.split(TRAIN).fill(buffer, new long[] {rows - 1, 5}, 0, 2);
      assertThat(picked.rows().ids()[0]).containsExactly(1, 0);
      assertThat(picked.labels()).containsExactly(1f, 0f);
    }
  }
}
