package org.recallrank.model.enrich;

import java.util.List;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

/**
 * The choices of CIM; defaults are those of its authors' {@code model_fn.py}.
 *
 * @param length how many of a user's recall items are candidates
 * @param heads attention heads at most: the largest number up to this one that divides the width of
 *     an item (4 heads of 20 columns in the source; a schema whose items are narrower gets fewer)
 * @param scoreUnits widths of the two hidden layers of the candidates' score
 * @param lossWeight weight of the candidates' loss beside the click loss
 */
public record CimConfig(Length length, int heads, List<Integer> scoreUnits, double lossWeight) {
  private static final int SHORT = 50;

  /** How many candidates there are (Table 4 of the RAR paper). */
  public enum Length {
    /** The first 50 recall items. */
    SHORT,
    /** The whole pool. */
    LONG
  }

  /**
   * Checks the choices.
   *
   * @throws SettingsException unless the score has two hidden layers
   */
  public CimConfig {
    if (scoreUnits.size() != 2) {
      throw new SettingsException(
          "cim_score_units: expected the widths of two hidden layers, found " + scoreUnits);
    }
  }

  /** Reads itself from settings. */
  public static CimConfig from(Settings s) {
    return new CimConfig(
        s.choice("cim_length", Length.SHORT, "candidates: the first 50 recall items, or all"),
        s.integer("cim_heads", 4, 1, "attention heads at most; as many as divide an item's width"),
        s.integers("cim_score_units", List.of(256, 128), "widths of the score's hidden layers"),
        s.number("cim_loss_weight", 1, 0, 1e6, "weight of the candidates' loss"));
  }

  /** Candidates per user, of pools of {@code poolItems}. */
  int candidates(int poolItems) {
    return length == Length.SHORT ? Math.min(SHORT, poolItems) : poolItems;
  }

  /** Attention heads over items of this width. */
  int heads(int itemWidth) {
    int most = Math.min(heads, itemWidth);
    while (itemWidth % most != 0) {
      most--;
    }
    return most;
  }
}
