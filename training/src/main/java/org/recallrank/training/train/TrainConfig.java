package org.recallrank.training.train;

import org.recallrank.model.EmbeddingConfig;
import org.recallrank.model.config.Settings;

/**
 * How a model is trained: FuxiCTR's loop.
 *
 * @param seed of everything random in a run
 * @param embeddingRegularizer lambda of the embedding tables
 * @param netRegularizer lambda of everything else
 * @param patience evaluations in a row without improvement before training stops
 */
public record TrainConfig(
    long seed,
    int epochs,
    int batchSize,
    OptimizerKind optimizer,
    double learningRate,
    double embeddingRegularizer,
    double netRegularizer,
    double maxGradientNorm,
    int patience) {

  /** The update rule. */
  public enum OptimizerKind {
    /** Adam over every row of every table, as FuxiCTR. */
    ADAM,
    /** Adam over the rows that the batch touched. */
    LAZY_ADAM,
    /** Gradient descent over the rows that the batch touched. */
    SGD,
    /** Adagrad over the rows that the batch touched. */
    ADAGRAD
  }

  /**
   * Reads itself from settings, and lets them know those of the embedding tables, which are listed
   * among these.
   *
   * @param defaultStd the default of {@code embedding_std}, which depends on the enricher
   */
  public static TrainConfig from(Settings s, double defaultStd) {
    long seed = s.seed("seed", 2024, "of everything random in a run");
    int epochs = s.integer("epochs", 100, 1, "epochs at most");
    int batchSize = s.integer("batch_size", 4096, 2, "rows per step");
    // Part of the model, but this is where files and help list it.
    EmbeddingConfig.from(s, defaultStd);
    return new TrainConfig(
        seed,
        epochs,
        batchSize,
        s.choice("optimizer", OptimizerKind.ADAM, "update rule"),
        s.number("learning_rate", 1e-3, 1e-12, 10, "step size"),
        s.number("embedding_regularizer", 0.1, 0, 1e6, "L2 of the embedding tables"),
        s.number("net_regularizer", 0, 0, 1e6, "L2 of everything else"),
        s.number("max_gradient_norm", 10, 1e-12, 1e30, "global norm gradients are clipped to"),
        s.integer("early_stop_patience", 2, 1, "evaluations without improvement before stopping"));
  }
}
