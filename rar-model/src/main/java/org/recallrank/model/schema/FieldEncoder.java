package org.recallrank.model.schema;

import java.util.Arrays;

/**
 * Turns the text of one field into table rows or a number: a token that is not in the vocabulary,
 * and a missing one, into the out-of-vocabulary row; a missing number into 0.
 *
 * <p>Immutable: threads may share it.
 */
public final class FieldEncoder {
  private final Field field;
  private final Vocabulary vocabulary;

  /** For a field of an encoding, by its index. */
  public FieldEncoder(Encoding encoding, int field) {
    this.field = encoding.schema().fields().get(field);
    vocabulary = encoding.vocabularies().get(field);
  }

  /** The field. */
  public Field field() {
    return field;
  }

  /** The table row of a token; of a categorical field. */
  public int row(String token) {
    return vocabulary.row(token);
  }

  /**
   * The first tokens of a sequence, as many as the field keeps, and padding behind them.
   *
   * @param text tokens joined by {@link RawRow#SEPARATOR}, or null
   */
  public void putSequence(String text, int[] ids, int at) {
    int end = at + field.maxLength();
    for (Tokens tokens = new Tokens(text); at < end && tokens.next(); at++) {
      ids[at] = vocabulary.row(tokens.token());
    }
    Arrays.fill(ids, at, end, Vocabulary.PADDING);
  }

  /**
   * The number of a numeric field.
   *
   * @param text null or empty: 0, as in FuxiCTR
   * @throws IllegalArgumentException if it is no finite number
   */
  public float number(String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    float number = Numbers.parse(text);
    if (Float.isNaN(number)) {
      throw new IllegalArgumentException(
          "field " + field.name() + ": expected a finite number, found '" + text + "'");
    }
    return number;
  }
}
