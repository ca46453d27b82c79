package org.recallrank.training.data;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;
import org.recallrank.model.schema.Tokens;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.Split;

/** Learns an encoding: the fields of a source with the vocabularies of its training rows. */
public final class EncodingBuilder {
  private final Columns columns;

  /** One per column; null for a numeric one and one that shares another's. */
  private final VocabularyBuilder[] builders;

  private long rows;

  private EncodingBuilder(Columns columns) {
    this.columns = columns;
    builders = new VocabularyBuilder[columns.size()];
    for (int c = 0; c < builders.length; c++) {
      if (columns.get(c).type() != Field.Type.NUMERIC && columns.vocabularyOf(c) == c) {
        builders[c] = new VocabularyBuilder();
      }
    }
  }

  /**
   * Learns vocabularies from the training rows of a source, and from nothing else.
   *
   * @param minCount how often a token must occur to have a row of its own
   * @throws DataException if there are no training rows
   */
  public static Encoding fit(DataSource source, int minCount) {
    EncodingBuilder builder = new EncodingBuilder(source.columns());
    source.read(EnumSet.of(Split.TRAIN), (split, row) -> builder.add(row));
    return builder.build(minCount);
  }

  private void add(RawRow row) {
    rows++;
    for (int c = 0; c < builders.length; c++) {
      VocabularyBuilder builder = builders[columns.vocabularyOf(c)];
      switch (columns.get(c).type()) {
        case CATEGORICAL -> builder.add(row.tokens[c]);
        case SEQUENCE -> {
          Tokens tokens = new Tokens(row.tokens[c]);
          while (tokens.next()) { // those after maxLength too, as FuxiCTR does
            builder.add(tokens.token());
          }
        }
        case NUMERIC -> {
          // A number has no vocabulary.
        }
      }
    }
  }

  private Encoding build(int minCount) {
    if (rows == 0) {
      throw new DataException("expected rows to train on, found none in the training data");
    }
    List<Vocabulary> own = new ArrayList<>();
    for (VocabularyBuilder builder : builders) {
      own.add(builder == null ? null : builder.build(minCount));
    }
    return Encoding.of(columns, own);
  }
}
