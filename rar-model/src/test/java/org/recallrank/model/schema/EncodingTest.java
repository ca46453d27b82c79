package org.recallrank.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;

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

  private static Encoding encoding() {
    Vocabulary users = Vocabulary.of(List.of("u1", "u2"), null);
    Vocabulary items = Vocabulary.of(List.of("i1", "i2"), null);
    return Encoding.of(COLUMNS, Arrays.asList(users, items, null, null));
  }

  @Test
  void aSavedEncodingGivesTheSameNumbers() {
    Encoding encoding = encoding();
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

  /** In Egypt's Arabic a formatted 0 is another character. */
  @Test
  void filesHaveOneNameInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      encoding().save(folder);
    } finally {
      Locale.setDefault(before);
    }
    assertThat(folder.resolve("vocabulary/00-user.txt")).exists();
    assertThat(Encoding.load(folder).schema()).isEqualTo(encoding().schema());
  }

  @Test
  void aMissingVocabularyIsNamed() {
    encoding().save(folder);
    assertThat(folder.resolve("vocabulary/00-user.txt").toFile().delete()).isTrue();
    assertThatThrownBy(() -> Encoding.load(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("00-user.txt: cannot be read: there is no such file");
  }
}
