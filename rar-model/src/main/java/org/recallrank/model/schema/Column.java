package org.recallrank.model.schema;

/**
 * An input of a model before its values are known; a {@link Field} without a vocabulary.
 *
 * @param maxLength positions of a sequence that are kept, the first ones; 1 otherwise
 * @param sharesTableOf the categorical column whose vocabulary a sequence shares, or null
 */
public record Column(
    String name,
    Field.Type type,
    Field.Role role,
    int maxLength,
    Field.Pooling pooling,
    String sharesTableOf) {

  /**
   * A column of any type.
   *
   * @throws IllegalArgumentException if the length does not fit the type
   */
  public Column {
    // A field has the same rules; any vocabulary that fits the type will do to check them.
    new Field(name, type, role, anyVocabulary(type), maxLength, pooling, sharesTableOf);
  }

  private static int anyVocabulary(Field.Type type) {
    return type == Field.Type.NUMERIC ? 0 : 2;
  }

  /** A categorical column. */
  public static Column categorical(String name, Field.Role role) {
    return new Column(name, Field.Type.CATEGORICAL, role, 1, Field.Pooling.MEAN, null);
  }

  /** A numeric column. */
  public static Column numeric(String name, Field.Role role) {
    return new Column(name, Field.Type.NUMERIC, role, 1, Field.Pooling.MEAN, null);
  }

  /** A sequence with a vocabulary of its own. */
  public static Column sequence(
      String name, Field.Role role, int maxLength, Field.Pooling pooling) {
    return new Column(name, Field.Type.SEQUENCE, role, maxLength, pooling, null);
  }

  /** The column from which a field was made. */
  static Column of(Field field) {
    return new Column(
        field.name(),
        field.type(),
        field.role(),
        field.maxLength(),
        field.pooling(),
        field.sharesTableOf());
  }

  /** The field that this column becomes with a table of {@code vocabularySize} rows. */
  Field withVocabulary(int vocabularySize) {
    return new Field(name, type, role, vocabularySize, maxLength, pooling, sharesTableOf);
  }
}
