package org.recallrank.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.TestSource;

class DatasetCacheTest {
  @TempDir Path folder;

  /** Counts how often its rows are read. */
  private static final class Counted implements DataSource {
    private final AtomicInteger reads = new AtomicInteger();
    private final String fingerprint;
    private final TestSource rows =
        new TestSource(new Columns(List.of(Column.categorical("a", Field.Role.CONTEXT)), -1, -1))
            .add(Split.TRAIN, 1, "x")
            .add(Split.TRAIN, 0, "y")
            .add(Split.TRAIN, 0, "y");

    Counted(String fingerprint) {
      this.fingerprint = fingerprint;
    }

    @Override
    public Columns columns() {
      return rows.columns();
    }

    @Override
    public boolean hasSessions() {
      return true;
    }

    @Override
    public Set<Split> splits() {
      return rows.splits();
    }

    @Override
    public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
      reads.incrementAndGet();
      rows.read(wanted, sink);
      return List.of(new SkippedRows(Path.of("f.csv"), 2, List.of("one", "two")));
    }

    @Override
    public String fingerprint() {
      return fingerprint;
    }
  }

  private int open(DataSource source, int minCount) {
    try (DatasetFolder data = new DatasetCache(folder.resolve("c")).open(source, minCount)) {
      assertThat(data.split(Split.TRAIN).rows()).isEqualTo(3);
      assertThat(data.skipped())
          .containsExactly(new SkippedRows(Path.of("f.csv"), 2, List.of("one", "two")));
      return data.schema().fields().get(0).vocabularySize();
    }
  }

  @Test
  void theSecondRunReadsNothing() {
    open(new Counted("same"), 1);
    Counted second = new Counted("same");
    open(second, 1);
    assertThat(second.reads).hasValue(0);
  }

  @Test
  void otherInputsAndOptionsAreOtherEntries() {
    assertThat(open(new Counted("same"), 1)).isEqualTo(4);
    assertThat(open(new Counted("same"), 2)).isEqualTo(3);
    Counted other = new Counted("other");
    open(other, 1);
    assertThat(other.reads).hasPositiveValue();
  }

  @Test
  void aDamagedEntryIsMadeAgain() throws IOException {
    open(new Counted("same"), 1);
    Path entry = onlyEntry();
    List<Path> files;
    try (Stream<Path> all = Files.walk(entry)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files)
        .extracting(file -> entry.relativize(file).toString())
        .contains("train/label.f32", "train/session.i32", "vocabulary/00-a.txt");
    for (Path file : files) {
      Files.delete(file);
      assertIsMadeAgain(file, "missing");
      Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) Files.size(file) - 2));
      assertIsMadeAgain(file, "cut off");
    }
  }

  private void assertIsMadeAgain(Path file, String what) {
    Counted second = new Counted("same");
    open(second, 1);
    assertThat(second.reads).as(file + " " + what).hasPositiveValue();
    assertThat(file).isRegularFile();
    Counted third = new Counted("same");
    open(third, 1);
    assertThat(third.reads).as(file + ", once more").hasValue(0);
  }

  @Test
  void whatAKilledProcessLeftIsDeletedAfterADay() throws IOException {
    Path cache = Files.createDirectories(folder.resolve("c"));
    Path old = Files.createDirectory(cache.resolve(".k." + UUID.randomUUID() + ".tmp"));
    Files.createDirectory(old.resolve("train"));
    Path inWork = Files.createDirectory(cache.resolve(".k." + UUID.randomUUID() + ".tmp"));
    Path foreign = Files.createDirectory(cache.resolve(".mine.tmp"));
    FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
    Files.setLastModifiedTime(old, yesterday);
    Files.setLastModifiedTime(foreign, yesterday);
    open(new Counted("same"), 1);
    assertThat(old).doesNotExist();
    assertThat(List.of(inWork, foreign)).allMatch(Files::exists);
  }

  private Path onlyEntry() throws IOException {
    try (Stream<Path> entries = Files.list(folder.resolve("c"))) {
      List<Path> list = entries.toList();
      assertThat(list).hasSize(1);
      return list.get(0);
    }
  }

  @Test
  void aCacheThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> new DatasetCache(file.resolve("c")).open(new Counted("same"), 1))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file.resolve("c") + ": cannot be written: ")
        .hasMessageEndingWith("; encoded data have no place to be kept");
  }

  @Test
  void theDefaultFolderFollowsTheEnvironment() {
    Path absolute = folder.toAbsolutePath();
    assertThat(DatasetCache.defaultRoot(Map.of("XDG_CACHE_HOME", absolute.toString())))
        .isEqualTo(absolute.resolve("recallrank"));
    Path home = Path.of(System.getProperty("user.home"), ".cache", "recallrank");
    assertThat(DatasetCache.defaultRoot(Map.of())).isEqualTo(home);
    assertThat(DatasetCache.defaultRoot(Map.of("XDG_CACHE_HOME", "relative"))).isEqualTo(home);
  }
}
