package org.recallrank.model;

import org.recallrank.model.config.Settings;

/**
 * The embedding tables of a model.
 *
 * @param dim d, columns per field
 * @param std standard deviation of new tables
 */
public record EmbeddingConfig(int dim, double std) {

  /**
   * Reads itself from settings.
   *
   * @param defaultStd the default of {@code embedding_std}, which depends on the enricher
   */
  public static EmbeddingConfig from(Settings s, double defaultStd) {
    return new EmbeddingConfig(
        s.integer("embedding_dim", 10, 1, "d, columns per field"),
        s.number("embedding_std", defaultStd, 0, 10, "standard deviation of new embeddings"));
  }
}
