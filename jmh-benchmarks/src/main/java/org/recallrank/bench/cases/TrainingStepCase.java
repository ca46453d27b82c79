package org.recallrank.bench.cases;

import java.util.HashMap;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;
import org.recallrank.training.train.TrainConfig.OptimizerKind;
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.TrainingSpec;

/**
 * A step of training a model with Adam: forward, loss, backward, update. Each run goes on with the
 * next batch from the weights that the run before left.
 *
 * <p>Its oracle is the same step on the scalar backend, whose gradient is held against central
 * differences of the loss. What Adam makes of the gradient is written down here once more, in
 * double precision: its first step is lr * G / (|G| + epsilon), which tells the sign of G. Its size
 * is told by the gradients, which are compared too, and later steps are {@link AdamCase}'s.
 */
public final class TrainingStepCase implements KernelCase {
  /** Of a parameter's largest derivative: what another order of additions may make of any. */
  private static final double GRADIENT_ERROR = 1e-4;

  /**
   * Of the largest derivative of all: what terms that cancel leave behind. (Batch normalisation
   * takes the bias before it away again.)
   */
  private static final double CANCELLATION_ERROR = 1e-6;

  /** Roundings of a step of Adam. */
  private static final double UPDATE_ERROR = 10 * Oracle.EPSILON;

  /** Of losses and norms. */
  private static final double RELATIVE_ERROR = 1e-5;

  /** Of the derivative along the gradient: kinks of ReLUs lie in between. */
  private static final double SLOPE_ERROR = 0.02;

  private static final double[] STEPS_ASIDE = {1.0 / 64, 1.0 / 256, 1.0 / 1024};

  private static final double ADAM_EPSILON = 1e-8;

  private final TrainingSpec spec;
  private final ModelData data;
  private Training training;

  /**
   * @param settings of model, enricher and training, by their names
   * @param data with recall data if the enricher needs it
   */
  public TrainingStepCase(
      String model, String enrich, Map<String, String> settings, ModelData data) {
    spec = TrainingSpec.of(model, enrich, new Settings(settings));
    this.data = data;
  }

  /** A model under training on one backend. */
  private final class Training {
    final Kernels kernels;
    final CtrModel model;
    final Tape tape;
    final Adam adam;
    final TrainStep step;
    TrainStep.Report report;

    Training(Kernels kernels) {
      this.kernels = kernels;
      model = spec.build(data.schema(), data.recall());
      tape = new Tape(kernels);
      var config = spec.train();
      adam =
          new Adam(
              kernels,
              model.parameters().parameters(),
              new Regularizer(config.embeddingRegularizer(), config.netRegularizer()),
              config.learningRate(),
              config.maxGradientNorm(),
              config.optimizer() == OptimizerKind.LAZY_ADAM ? Adam.Tables.LAZY : Adam.Tables.DENSE);
      step = new TrainStep(model, tape, adam);
    }

    TrainStep.Report next() {
      int number = (int) (adam.steps() % data.batches().size());
      report = step.run(data.batches().get(number), new Rng(7).split(adam.steps()));
      return report;
    }

    /** The joint loss of the first batch, which leaves its gradient in the parameters. */
    double differentiate() {
      return step.differentiate(firstBatch(), new Rng(7).split(0)).total().value().get(0);
    }

    /** The gradient of the joint loss, without the regulariser, of each parameter by name. */
    Map<String, float[]> gradient() {
      differentiate();
      var unregularized =
          new Adam(
              kernels, model.parameters().parameters(), Regularizer.NONE, 1, 1, Adam.Tables.DENSE);
      Map<String, float[]> gradient = new HashMap<>();
      for (Parameter p : model.parameters().parameters()) {
        gradient.put(p.name(), unregularized.totalGradient(p));
        p.clearGradient();
      }
      return gradient;
    }
  }

  private Batch firstBatch() {
    return data.batches().get(0);
  }

  @Override
  public String name() {
    return "training " + spec.model().title() + " " + firstBatch().size() + " rows";
  }

  /** Many kernels of many sizes: operations and bytes are not counted. */
  @Override
  public Work work() {
    return new Work(firstBatch().size(), "rows", Double.NaN, Double.NaN);
  }

  /** The next run begins with new weights. */
  @Override
  public void reset() {
    training = null;
  }

  @Override
  public Object run(Kernels kernels) {
    if (training == null || training.kernels != kernels) {
      training = new Training(kernels);
    }
    return training.next();
  }

  @Override
  public void compare() {
    if (training == null) {
      throw new AssertionError(name() + ": no step was taken");
    }
    try (Workers alone = Workers.create(1)) {
      Kernels scalar = new KernelSelector().select("scalar", alone).kernels();
      Training reference = new Training(scalar);
      Map<String, float[]> gradient = reference.gradient();
      checkSlope(reference, gradient);
      compareGradients(new Training(training.kernels).gradient(), gradient);
      compareWeights(reference.model, gradient);
      compareReports(reference.next());
    }
  }

  /** Every derivative on the backend under test against the scalar one. */
  private void compareGradients(Map<String, float[]> found, Map<String, float[]> expected) {
    expected.forEach(
        (parameter, gradient) -> {
          double bound = bound(gradient, expected);
          for (int i = 0; i < gradient.length; i++) {
            Oracle.close(
                name() + " gradient of " + parameter,
                i,
                found.get(parameter)[i],
                gradient[i],
                bound);
          }
        });
  }

  /**
   * Every weight after the step against Adam's first step. The step grows with the derivative, so a
   * derivative within its bounds gives a weight between the steps of these bounds. Only a row of a
   * table that the batch lacks has a derivative of exactly 0 on all backends: a bias before batch
   * normalisation has one that rounding alone makes 0 or not, and Adam makes a step of either.
   */
  private void compareWeights(CtrModel before, Map<String, float[]> gradient) {
    double rate = spec.train().learningRate();
    double scale = Math.min(1, spec.train().maxGradientNorm() / training.report.gradientNorm());
    for (Parameter p : before.parameters().parameters()) {
      double lambda =
          switch (p.group()) {
            case EMBEDDING -> spec.train().embeddingRegularizer();
            case NETWORK -> spec.train().netRegularizer();
            case UNREGULARIZED -> 0;
          };
      float[] g = gradient.get(p.name());
      double bound = bound(g, gradient);
      var after = training.model.parameters().get(p.name()).value();
      for (int i = 0; i < g.length; i++) {
        double w = p.value().get(i);
        boolean moves = !lazy() || !p.isTable() || g[i] != 0;
        double total = moves ? g[i] + lambda * w : 0;
        double error =
            (g[i] == 0 && p.isTable() ? 0 : bound)
                + (moves ? 3 * Oracle.EPSILON * (Math.abs(g[i]) + lambda * Math.abs(w)) : 0);
        double most = direction(scale * (total + error));
        double least = direction(scale * (total - error));
        Oracle.close(
            name() + " " + p.name(),
            i,
            after.get(i),
            w - rate * (most + least) / 2,
            rate * (most - least) / 2 + UPDATE_ERROR * rate + Oracle.EPSILON * Math.abs(w));
      }
    }
  }

  private boolean lazy() {
    return spec.train().optimizer() == OptimizerKind.LAZY_ADAM;
  }

  private static double direction(double gradient) {
    return gradient / (Math.abs(gradient) + ADAM_EPSILON);
  }

  private void compareReports(TrainStep.Report expected) {
    TrainStep.Report found = training.report;
    close("click loss", found.click(), expected.click());
    close("joint loss", found.total(), expected.total());
    close("gradient norm", found.gradientNorm(), expected.gradientNorm());
    if (!Double.isNaN(expected.auxiliary())) {
      close("auxiliary loss", found.auxiliary(), expected.auxiliary());
    }
  }

  private void close(String what, double found, double expected) {
    Oracle.close(name() + " " + what, 0, found, expected, RELATIVE_ERROR * Math.abs(expected));
  }

  /**
   * The loss must rise along the gradient as steeply as the gradient is long. A large step aside
   * may cross kinks of ReLUs, so one of several has to agree. An enricher may stop gradients on
   * their way into the tables; these are left out then.
   */
  private void checkSlope(Training reference, Map<String, float[]> gradient) {
    double squares = 0;
    for (Parameter p : reference.model.parameters().parameters()) {
      if (!p.isTable() || !spec.needsRecall()) {
        for (float g : gradient.get(p.name())) {
          squares += (double) g * g;
        }
      }
    }
    double length = Math.sqrt(squares);
    double slope = Double.NaN;
    for (double aside : STEPS_ASIDE) {
      slope =
          (lossAt(reference.model, gradient, aside / length)
                  - lossAt(reference.model, gradient, -aside / length))
              / (2 * aside);
      if (Math.abs(slope - length) <= SLOPE_ERROR * length) {
        return;
      }
    }
    Oracle.close(name() + " slope of the loss", 0, slope, length, SLOPE_ERROR * length);
  }

  /** The joint loss some way along the gradient from {@code start}. */
  private double lossAt(CtrModel start, Map<String, float[]> gradient, double step) {
    try (Workers alone = Workers.create(1)) {
      Training moved = new Training(new KernelSelector().select("scalar", alone).kernels());
      for (Parameter p : moved.model.parameters().parameters()) {
        if (!p.isTable() || !spec.needsRecall()) {
          float[] g = gradient.get(p.name());
          for (int i = 0; i < g.length; i++) {
            p.value()
                .set(i, (float) (start.parameters().get(p.name()).value().get(i) + step * g[i]));
          }
        }
      }
      return moved.differentiate();
    }
  }

  /** How far any derivative of one parameter may be off. */
  private static double bound(float[] gradient, Map<String, float[]> all) {
    double largest = 0;
    for (float[] one : all.values()) {
      largest = Math.max(largest, largest(one));
    }
    return GRADIENT_ERROR * largest(gradient) + CANCELLATION_ERROR * largest;
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
