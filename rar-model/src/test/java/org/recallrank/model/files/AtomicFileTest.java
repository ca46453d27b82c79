package org.recallrank.model.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, "one");
    AtomicFile.write(file, "zwei, drei \u4e09");
    assertThat(file).content().isEqualTo("zwei, drei \u4e09");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void aFailureHalfWayLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = folder.resolve("a.txt");
    AtomicFile.write(file, "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file + ": cannot be written: No space left on device; the file there is unchanged");
    assertThat(file).content().isEqualTo("old");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void anErrorOfTheProducerIsPassedOnAndLeavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    folder.resolve("a.txt"),
                    out -> {
                      out.write(1);
                      throw new IllegalStateException("mine");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mine");
    assertThat(names()).isEmpty();
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("missing").resolve("a.txt");
    assertThatThrownBy(() -> AtomicFile.write(file, "x"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file + ": cannot be written: there is no such file or folder; no file was made");
  }

  private Stream<String> names() throws IOException {
    return Files.list(folder).map(path -> path.getFileName().toString());
  }
}
