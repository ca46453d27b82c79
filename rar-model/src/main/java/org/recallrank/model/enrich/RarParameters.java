package org.recallrank.model.enrich;

import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.tensor.Tensor;

/**
 * What RAR has besides embeddings, of a model that is trained and of one that is frozen.
 *
 * @param userMlp of Eq. 5; null if the variant matches nothing
 * @param itemMlp likewise
 * @param userProjection P of Eq. 3: standard normal, drawn once and kept with the model
 * @param itemProjection likewise
 */
record RarParameters(Mlp userMlp, Mlp itemMlp, Tensor userProjection, Tensor itemProjection) {

  /**
   * Adds them to a set.
   *
   * @param userWidth columns of a user's embedding
   * @param itemWidth columns of an item's
   * @param vectors of the recall model, or null
   */
  static RarParameters of(
      ParameterSet set, RarConfig config, int userWidth, int itemWidth, RecallVectors vectors) {
    boolean matches = config.variant().matches();
    return new RarParameters(
        matches ? mlp(set, "rar.mlp_user", userWidth, config) : null,
        matches ? mlp(set, "rar.mlp_item", itemWidth, config) : null,
        projection(set, "rar.projection_user", config.hashedWidth(userWidth, vectors), config),
        projection(set, "rar.projection_item", config.hashedWidth(itemWidth, vectors), config));
  }

  private static Mlp mlp(ParameterSet set, String name, int width, RarConfig config) {
    return new Mlp(
        set, name, width, config.hiddenUnits(), config.batchNorm(), 0, config.outUnits());
  }

  private static Tensor projection(ParameterSet set, String name, int width, RarConfig config) {
    return set.buffer(name, Init.normal(1), width, config.hashBits());
  }
}
