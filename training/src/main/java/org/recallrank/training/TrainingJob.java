package org.recallrank.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.io.DataException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.EntityTables;
import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.metrics.Metrics;
import org.recallrank.training.metrics.SessionMetrics;
import org.recallrank.training.recall.SharedRecall;
import org.recallrank.training.recall.SuppliedPools;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/**
 * From a data source to a run folder: encode, recall stage, train, test. What {@code recallrank
 * train} does, byte for byte:
 *
 * <pre>{@code
 * TrainingSpec spec = TrainingSpec.of("dcnv2", "rar", new Settings(Map.of("seed", "7")));
 * try (Workers workers = Workers.create(2)) {
 *   Kernels kernels = new KernelSelector().select(null, workers).kernels();
 *   TrainingJob.Outcome outcome =
 *       new TrainingJob(source, spec).label("click").run(kernels, Path.of("runs/a"), false);
 * }
 * }</pre>
 *
 * <p>Everything random comes from the seed of the settings: parameters, the order of rows, dropout
 * and the recall stage each draw from a generator that is split off it by name.
 *
 * <p>A job is set up and run by one thread, once; only {@link #stop} may come from another.
 */
public final class TrainingJob {
  private final DataSource source;
  private final TrainingSpec spec;
  private String label = "label";
  private int minCount = 1;
  private DatasetCache cache;
  private Function<Encoding, SuppliedPools> pools;
  private String config;
  private Map<String, String> options = Map.of();
  private TrainListener listener = TrainListener.none();

  /** Held while files are written; {@link #stop} takes it for good. */
  private final ReentrantLock writing = new ReentrantLock();

  private RunFolder folder;
  private EpochReport best;

  /**
   * What came out.
   *
   * @param test null if there are no test rows
   * @param testBySession null if there are no test rows or they have no sessions
   * @param folder with the model of the best epoch
   */
  public record Outcome(
      Trainer.Result training, Metrics test, SessionMetrics testBySession, Path folder) {}

  /** A job with defaults for all else. */
  public TrainingJob(DataSource source, TrainingSpec spec) {
    this.source = source;
    this.spec = spec;
  }

  /**
   * The name of the column with the clicks, as the model remembers it; {@code label} if not set.
   */
  public TrainingJob label(String name) {
    label = name;
    return this;
  }

  /** How often a token must occur in training rows to have a table row of its own; 1 if not set. */
  public TrainingJob minCount(int count) {
    minCount = count;
    return this;
  }

  /** Where encoded data are kept; in the user's cache folder if not set. */
  public TrainingJob cache(DatasetCache place) {
    cache = place;
    return this;
  }

  /** Pools of a recall stage that there is; if not set, or null, DSSM builds them. */
  public TrainingJob pools(Function<Encoding, SuppliedPools> supplied) {
    pools = supplied;
    return this;
  }

  /** What {@code config.yaml} is to say; if not set there is none. */
  public TrainingJob config(String text) {
    config = text;
    return this;
  }

  /** What {@code metrics.json} is to say about where the data came from. */
  public TrainingJob options(Map<String, String> given) {
    options = new LinkedHashMap<>(given);
    return this;
  }

  /** Who is told how it goes. */
  public TrainingJob listener(TrainListener told) {
    listener = told;
    return this;
  }

  /**
   * Does it.
   *
   * @param out the run folder
   * @param replace whether a run that is there may be replaced: once there is a model, not before
   * @throws DataException if the source cannot be read, or {@code out} not be written or replaced
   */
  public Outcome run(Kernels kernels, Path out, boolean replace) {
    RunFolder.checkFree(out, replace);
    long start = System.nanoTime();
    DatasetCache place =
        cache != null ? cache : new DatasetCache(DatasetCache.defaultRoot(System.getenv()));
    try (DatasetFolder data = place.open(source, minCount)) {
      say(data, start);
      long recallStart = System.nanoTime();
      RecallData recall =
          spec.needsRecall()
              ? new SharedRecall(kernels, data, config -> pools, listener::remark).of(spec)
              : null;
      double recallSeconds = seconds(recallStart);
      CtrModel model = spec.build(data.schema(), recall);
      listener.remark(
          String.format(
              Locale.ROOT,
              "%s with %,d parameters, %s kernels, %d threads",
              spec.model().title(),
              model.parameters().trainableCount(),
              kernels.name(),
              kernels.workers().threads()));
      try (RunFolder run =
          new RunFolder(
              out,
              new RunFolder.Content(
                  config, spec.model(), data.encoding(), entities(data, recall), recall, label))) {
        folder = run;
        Trainer.Result result = fit(new Trainer(model, spec.train(), kernels), model, data);
        if (spec.needsRecall()) {
          write(() -> SavedModel.prepareServing(out));
        }
        Evaluator.Evaluation test =
            data.splits().contains(Split.TEST) ? test(model, kernels, data) : null;
        var metrics = new RunMetrics(spec, kernels, result, test, recallSeconds);
        write(() -> run.writeMetrics(metrics.json(data, options)));
        return test == null
            ? new Outcome(result, null, null, out)
            : new Outcome(result, test.metrics(), test.sessions(), out);
      }
    }
  }

  private static Entities entities(DatasetFolder data, RecallData recall) {
    return recall == null
        ? EntityTables.of(data.split(Split.TRAIN))
        : new Entities(recall.users(), recall.items());
  }

  private void say(DatasetFolder data, long start) {
    for (SkippedRows skipped : data.skipped()) {
      listener.remark(skipped.toString());
    }
    listener.remark(
        String.format(
            Locale.ROOT,
            "%,d training and %,d validation rows, %d fields (%s)",
            data.split(Split.TRAIN).rows(),
            data.split(Split.VALID).rows(),
            data.schema().fields().size(),
            Durations.text(seconds(start))));
  }

  /** Trains; each time the model gets better it is saved, so that a stop leaves the best so far. */
  private Trainer.Result fit(Trainer trainer, CtrModel model, DatasetFolder data) {
    write(folder::create);
    return trainer.fit(
        data.split(Split.TRAIN),
        data.split(Split.VALID),
        new TrainListener() {
          @Override
          public void step(int epoch, TrainStep.Report report, long rows, long totalRows) {
            listener.step(epoch, report, rows, totalRows);
          }

          @Override
          public void epoch(EpochReport report) {
            write(
                () -> {
                  if (report.best()) {
                    folder.save(model);
                    best = report;
                  }
                  folder.logEpoch(report);
                });
            listener.epoch(report);
          }
        });
  }

  private void write(Runnable files) {
    writing.lock();
    try {
      files.run();
    } finally {
      writing.unlock();
    }
  }

  private Evaluator.Evaluation test(CtrModel model, Kernels kernels, DatasetFolder data) {
    Dataset rows = data.split(Split.TEST);
    return new Evaluator(model, kernels)
        .evaluate(rows, new BatchBuffer(data.schema(), spec.train().batchSize()));
  }

  /**
   * Ends the writing of files, from another thread while the process is about to end: a file that
   * is being written is finished first, and none is begun any more. What is there is the best model
   * so far; if there is none, the folder is as it was.
   *
   * @return the epoch of that model, or null
   */
  public EpochReport stop() {
    writing.lock();
    if (folder != null) {
      folder.close();
    }
    return best;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
