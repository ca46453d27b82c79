package org.recallrank.model.schema;

/**
 * One input column of a model.
 *
 * @param name the column's name
 * @param type how a value becomes an embedding
 * @param role whose property the field is: fields of {@link Role#USER} and {@link Role#ITEM} make
 *     up the entity tables from which RAR takes look-alike users and recall items
 * @param vocabularySize rows of the embedding table: n tokens + 2 (row 0 padding, row n + 1
 *     out-of-vocabulary, FuxiCTR 2.x); 0 for a numeric field
 * @param maxLength positions of a sequence; 1 otherwise
 * @param pooling how the rows of a sequence become one; {@link Pooling#MEAN} otherwise
 * @param sharesTableOf the categorical field whose table a sequence uses, or null for its own
 */
public record Field(
    String name,
    Type type,
    Role role,
    int vocabularySize,
    int maxLength,
    Pooling pooling,
    String sharesTableOf) {

  /** How a value becomes an embedding. */
  public enum Type {
    /** A token: one row of a table. */
    CATEGORICAL,
    /** Several tokens: their rows pooled. */
    SEQUENCE,
    /** A number x: x * w with one learnt vector w. */
    NUMERIC
  }

  /** Whose property a field is. */
  public enum Role {
    /** Of the user: the field is part of the user table. */
    USER,
    /** Of the item: the field is part of the item table. */
    ITEM,
    /** Of neither, such as the hour or the device. */
    CONTEXT
  }

  /** How the rows of a sequence become one. */
  public enum Pooling {
    /** Masked average (FuxiCTR's default). */
    MEAN,
    /** Masked sum. */
    SUM
  }

  /**
   * A field of any type.
   *
   * @throws IllegalArgumentException if the vocabulary size or the length does not fit the type
   */
  public Field {
    if (type == Type.NUMERIC ? vocabularySize != 0 : vocabularySize < 2) {
      throw new IllegalArgumentException(
          "field " + name + ": vocabulary size " + vocabularySize + " does not fit a " + type);
    }
    if (maxLength < 1 || (type != Type.SEQUENCE && maxLength != 1)) {
      throw new IllegalArgumentException(
          "field " + name + ": max length " + maxLength + " does not fit a " + type);
    }
  }

  /** A categorical field. */
  public static Field categorical(String name, Role role, int vocabularySize) {
    return new Field(name, Type.CATEGORICAL, role, vocabularySize, 1, Pooling.MEAN, null);
  }

  /** A sequence field with a table of its own. */
  public static Field sequence(
      String name, Role role, int vocabularySize, int maxLength, Pooling pooling) {
    return new Field(name, Type.SEQUENCE, role, vocabularySize, maxLength, pooling, null);
  }

  /** A numeric field. */
  public static Field numeric(String name, Role role) {
    return new Field(name, Type.NUMERIC, role, 0, 1, Pooling.MEAN, null);
  }

  /** The row of values never seen in training: the last one. */
  public int outOfVocabulary() {
    return vocabularySize - 1;
  }
}
