package org.recallrank.model.enrich;

import java.util.List;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * The choices of FRNet; defaults are those of the authors' RefineCTR.
 *
 * @param weightType whether the gate has one weight per element or one per field
 * @param attentionSize width of queries, keys and values
 * @param hiddenUnits hidden layers of the contextual information extractor
 * @param dropout after each of them
 */
public record FrNetConfig(
    WeightType weightType, int attentionSize, List<Integer> hiddenUnits, double dropout) {

  /** What the gate weighs. */
  public enum WeightType {
    /** Each element of an embedding. */
    BIT,
    /** Each field's embedding as a whole. */
    VECTOR
  }

  /**
   * Checks the choices.
   *
   * @throws SettingsException if there is no hidden layer
   */
  public FrNetConfig {
    if (hiddenUnits.isEmpty()) {
      throw new SettingsException("frnet_hidden_units: expected at least one hidden layer");
    }
  }

  /** Reads itself from settings. */
  public static FrNetConfig from(Settings s) {
    return new FrNetConfig(
        s.choice("frnet_weight_type", WeightType.BIT, "a gate per element or per field"),
        s.integer("frnet_att_size", 10, 1, "width of queries, keys and values"),
        s.integers("frnet_hidden_units", List.of(256), "hidden layers of the context MLPs"),
        s.number("frnet_dropout", 0.5, 0, 0.999, "dropout after each of them"));
  }
}
