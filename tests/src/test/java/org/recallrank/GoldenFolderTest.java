package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class GoldenFolderTest {
  @TempDir Path folder;

  @Test
  void blankMeansTheOwnCopies() throws IOException {
    assertThat(GoldenFolder.open(" ").cases("blocks", "auc")).hasSize(1);
    assertThatThrownBy(() -> GoldenFolder.open("").cases("blocks", "none"))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aFolderThatIsMissingOrHoldsNoCaseFails() throws IOException {
    assertThatThrownBy(() -> GoldenFolder.open(folder.resolve("missing").toString()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("missing");
    Files.createFile(folder.resolve("models"));
    assertThatThrownBy(() -> GoldenFolder.open(folder.toString()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected folders <family>/<case>");
  }

  @Test
  void aFolderWithoutTheFamilySkips() throws IOException {
    Files.createDirectories(folder.resolve("models").resolve("mine"));
    GoldenFolder golden = GoldenFolder.open(folder.toString());
    assertThat(golden.cases("models", "m")).hasSize(1);
    assertThatThrownBy(() -> golden.cases("blocks", "auc"))
        .isInstanceOf(TestAbortedException.class);
  }
}
