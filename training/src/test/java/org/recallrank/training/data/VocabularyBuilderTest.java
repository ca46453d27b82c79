package org.recallrank.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.recallrank.model.schema.Vocabulary;

class VocabularyBuilderTest {
  private static VocabularyBuilder counted(String... tokens) {
    VocabularyBuilder builder = new VocabularyBuilder();
    for (String token : tokens) {
      builder.add(token);
    }
    return builder;
  }

  @Test
  void frequentTokensComeFirstAndTiesAsSeen() {
    Vocabulary vocabulary = counted("c", "b", "a", "b", "d", "c", "b").build(1);
    assertThat(vocabulary.size()).isEqualTo(6);
    assertThat(vocabulary.row("b")).isEqualTo(1);
    assertThat(vocabulary.row("c")).isEqualTo(2);
    assertThat(vocabulary.row("a")).isEqualTo(3);
    assertThat(vocabulary.row("d")).isEqualTo(4);
    assertThat(vocabulary.token(3)).isEqualTo("a");
  }

  @Test
  void rareTokensHaveNoRow() {
    Vocabulary vocabulary = counted("a", "b", "b", "c", "c", "c").build(2);
    assertThat(vocabulary.size()).isEqualTo(4);
    assertThat(vocabulary.row("c")).isEqualTo(1);
    assertThat(vocabulary.row("b")).isEqualTo(2);
    assertThat(vocabulary.row("a")).isEqualTo(vocabulary.outOfVocabulary());
  }

  @Test
  void missingTokensDoNotCount() {
    assertThat(counted("a", null, "", "b").build(1).size()).isEqualTo(4);
  }
}
