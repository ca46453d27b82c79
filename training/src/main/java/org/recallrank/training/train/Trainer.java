package org.recallrank.training.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.optim.Adagrad;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.autograd.optim.PlateauSchedule;
import org.recallrank.autograd.optim.Sgd;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.Shuffle;
import org.recallrank.training.metrics.Evaluator;

/**
 * FuxiCTR's training loop ({@code rank_model.py}): reshuffle, one pass, evaluate on validation;
 * better weights are kept, otherwise the learning rate falls and patience runs out. At the end the
 * model holds its best weights.
 *
 * <p>The last short batch is kept, but joined to the one before if it has fewer than {@value
 * #SMALLEST_BATCH} rows: batch normalisation of one row is undefined and of a few rows mostly
 * noise, and so every row still counts.
 *
 * <p>Serves one thread at a time, and nobody else may use the model meanwhile.
 */
public final class Trainer {
  static final int SMALLEST_BATCH = 32;

  private final CtrModel model;
  private final TrainConfig config;
  private final Tape tape;
  private final Optimizer optimizer;
  private final Rng rng;

  /**
   * How training went.
   *
   * @param epochs each epoch, in order
   */
  public record Result(List<EpochReport> epochs) {
    /** The epoch whose weights the model holds. */
    public EpochReport best() {
      EpochReport best = null;
      for (EpochReport epoch : epochs) {
        best = epoch.best() ? epoch : best;
      }
      return best;
    }

    /** Rows trained per second of training, median over the epochs. */
    public double rowsPerSecond() {
      return median(epochs.stream().mapToDouble(e -> e.rows() / e.seconds()).toArray());
    }

    /** Seconds of training per epoch, median. */
    public double secondsPerEpoch() {
      return median(epochs.stream().mapToDouble(EpochReport::seconds).toArray());
    }

    /** Rows scored per second in the evaluations on validation rows, median over the epochs. */
    public double scoredPerSecond() {
      return median(
          epochs.stream()
              .mapToDouble(e -> e.validation().rows() / e.validation().seconds())
              .toArray());
    }

    private static double median(double[] values) {
      Arrays.sort(values);
      int n = values.length;
      return n == 0 ? Double.NaN : (values[(n - 1) / 2] + values[n / 2]) / 2;
    }
  }

  /**
   * Prepares the training of a model, whose parameters it will change; {@code config.seed()}
   * decides the order of rows and what dropout drops.
   */
  public Trainer(CtrModel model, TrainConfig config, Kernels kernels) {
    this.model = model;
    this.config = config;
    tape = new Tape(kernels);
    rng = new Rng(config.seed()).split("trainer");
    optimizer = optimizer(config, kernels, model.parameters().parameters());
  }

  private static Optimizer optimizer(
      TrainConfig c, Kernels kernels, Collection<Parameter> parameters) {
    var regularizer = new Optimizer.Regularizer(c.embeddingRegularizer(), c.netRegularizer());
    double lr = c.learningRate();
    double norm = c.maxGradientNorm();
    return switch (c.optimizer()) {
      case ADAM -> new Adam(kernels, parameters, regularizer, lr, norm, Adam.Tables.DENSE);
      case LAZY_ADAM -> new Adam(kernels, parameters, regularizer, lr, norm, Adam.Tables.LAZY);
      case SGD -> new Sgd(kernels, parameters, regularizer, lr, norm);
      case ADAGRAD -> new Adagrad(kernels, parameters, regularizer, lr, norm);
    };
  }

  /**
   * Trains until patience or epochs run out.
   *
   * @throws ArithmeticException naming epoch, step and tensor if loss or gradient is not finite, or
   *     the epoch if a validation score is NaN; the model holds the best weights so far
   */
  public Result fit(Dataset training, Dataset validation, TrainListener listener) {
    BatchBuffer buffer = new BatchBuffer(training.schema(), config.batchSize() + SMALLEST_BATCH);
    Shuffle shuffle = new Shuffle(training.rows(), rng.split("shuffle").nextLong());
    PlateauSchedule schedule = new PlateauSchedule(config.patience());
    List<EpochReport> epochs = new ArrayList<>();
    Map<String, StoredTensor> best = ModelState.of(model.parameters());
    try {
      for (int epoch = 1; epoch <= config.epochs() && !schedule.exhausted(); epoch++) {
        double learningRate = optimizer.learningRate();
        long start = System.nanoTime();
        Sums sums = train(training, buffer, shuffle, epoch, listener);
        double seconds = (System.nanoTime() - start) * 1e-9;
        Evaluator.Evaluation valid = evaluate(validation, buffer, epoch);
        if (Double.isNaN(valid.metrics().auc())) {
          throw new DataException(
              "validation rows: expected both clicks and non-clicks, found one of them only, so"
                  + " there is no AUC to stop by");
        }
        boolean better = schedule.report(valid.metrics().auc(), optimizer);
        if (better) {
          best = ModelState.of(model.parameters());
        }
        EpochReport report =
            new EpochReport(
                epoch,
                sums.click / sums.steps,
                sums.auxiliary / sums.steps,
                sums.auxiliaryBaseline / sums.steps,
                sums.total / sums.steps,
                learningRate,
                seconds,
                training.rows(),
                valid,
                better);
        epochs.add(report);
        listener.epoch(report);
      }
    } finally {
      ModelState.load(model.parameters(), best, "the best weights");
    }
    return new Result(epochs);
  }

  private Evaluator.Evaluation evaluate(Dataset validation, BatchBuffer buffer, int epoch) {
    try {
      return new Evaluator(model, tape).evaluate(validation, buffer);
    } catch (ArithmeticException e) {
      throw diverged(epoch, "validation", e.getMessage());
    }
  }

  private static ArithmeticException diverged(int epoch, String when, String what) {
    return new ArithmeticException(
        "epoch %d, %s: %s try a smaller learning_rate".formatted(epoch, when, what));
  }

  private static final class Sums {
    double click;
    double auxiliary;
    double auxiliaryBaseline;
    double total;
    int steps;
  }

  private Sums train(
      Dataset training, BatchBuffer buffer, Shuffle shuffle, int epoch, TrainListener listener) {
    TrainStep step = new TrainStep(model, tape, optimizer);
    long[] rowNumbers = new long[buffer.capacity()];
    shuffle.start(epoch);
    Sums sums = new Sums();
    long done = 0;
    while (done < training.rows()) {
      long left = training.rows() - done;
      boolean last = left < config.batchSize() + SMALLEST_BATCH;
      int size = last ? (int) left : config.batchSize();
      shuffle.next(rowNumbers, size);
      TrainStep.Report report;
      try {
        report = step.run(training.fill(buffer, rowNumbers, 0, size), rng.split(optimizer.steps()));
      } catch (ArithmeticException e) {
        throw diverged(epoch, "step " + (optimizer.steps() + 1), e.getMessage() + ";");
      }
      sums.click += report.click();
      sums.auxiliary += report.auxiliary();
      sums.auxiliaryBaseline += report.auxiliaryBaseline();
      sums.total += report.total();
      sums.steps++;
      done += size;
      listener.step(epoch, report, done, training.rows());
    }
    return sums;
  }
}
