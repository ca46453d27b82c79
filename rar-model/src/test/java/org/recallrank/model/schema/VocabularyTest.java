package org.recallrank.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;

class VocabularyTest {
  @TempDir Path folder;

  @Test
  void othersAndMissingOnesShareTheLastRow() {
    Vocabulary vocabulary = Vocabulary.of(List.of("a", "b"), null);
    assertThat(vocabulary.size()).isEqualTo(4);
    assertThat(vocabulary.outOfVocabulary()).isEqualTo(3);
    assertThat(vocabulary.row("x")).isEqualTo(3);
    assertThat(vocabulary.row(null)).isEqualTo(3);
    assertThat(vocabulary.row("")).isEqualTo(3);
    assertThatThrownBy(() -> vocabulary.token(3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> vocabulary.token(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void awkwardTokensComeBackFromTheFile() {
    String[] tokens = {
      "a\nb", "a\\nb", "\\", "\r", "\\\r\n", "\u4e2d\u6587", "\ufeffmark", " ", "\u2028", "\"", "#"
    };
    Vocabulary written = Vocabulary.of(List.of(tokens), null);
    Path file = folder.resolve("v.txt");
    written.write(file);
    Vocabulary read = Vocabulary.read(file, written.size());
    for (int t = 0; t < tokens.length; t++) {
      assertThat(read.token(t + 1)).isEqualTo(tokens[t]);
      assertThat(read.row(tokens[t])).isEqualTo(t + 1);
    }
  }

  @Test
  void aMarkAtTheStartOfTheFileIsAToken() {
    Vocabulary written = Vocabulary.of(List.of("\ufeffmark", "b"), null);
    written.write(folder.resolve("v.txt"));
    assertThat(Vocabulary.read(folder.resolve("v.txt"), 4).token(1)).isEqualTo("\ufeffmark");
  }

  @Test
  void rowsMayHaveNoTokenAndRowZeroOne() {
    for (String paddingToken : new String[] {null, "0"}) {
      Vocabulary written = Vocabulary.of(List.of("", "b", "", "d"), paddingToken);
      written.write(folder.resolve("v.txt"));
      Vocabulary read = Vocabulary.read(folder.resolve("v.txt"), 6);
      for (Vocabulary v : List.of(written, read)) {
        assertThat(v.size()).isEqualTo(6);
        assertThat(v.row("b")).isEqualTo(2);
        assertThat(v.row("d")).isEqualTo(4);
        assertThat(v.row("")).isEqualTo(5);
        assertThat(v.row("0")).isEqualTo(paddingToken == null ? 5 : 0);
        assertThat(v.token(1)).isEmpty();
      }
    }
  }

  @Test
  void aTokenOfTwoRowsIsAnError() throws IOException {
    Path file = Files.writeString(folder.resolve("v.txt"), "a\nb\na\n");
    for (int size : new int[] {4, 5}) {
      assertThatThrownBy(() -> Vocabulary.read(file, size))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("found 2 on 3 lines");
    }
  }

  @Test
  void aCutFileIsAnError() throws IOException {
    Path file = folder.resolve("v.txt");
    Vocabulary.of(List.of("a", "b", "c"), null).write(file);
    Files.writeString(file, "a\nb\n");
    assertThatThrownBy(() -> Vocabulary.read(file, 5))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": expected 3 different tokens, found 2 on 2 lines");
  }
}
