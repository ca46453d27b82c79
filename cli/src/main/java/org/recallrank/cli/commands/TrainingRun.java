package org.recallrank.cli.commands;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.recallrank.cli.experiment.DataStatistics;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.cli.options.DataOptions;
import org.recallrank.model.CtrModel;
import org.recallrank.model.io.Json;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Encoding;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.metrics.Metrics;
import org.recallrank.training.metrics.MetricsJson;
import org.recallrank.training.metrics.SessionMetrics;
import org.recallrank.training.recall.Pool;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/** The main job, from a data source to a run folder: encode, recall stage, train, test. */
public final class TrainingRun {

  /**
   * What is to be done.
   *
   * @param pools pools of a recall stage that there is, or null to build them with DSSM
   * @param options what {@code config.yaml} says besides the settings
   */
  record Job(
      DataSource source,
      String label,
      int minCount,
      TrainingSpec spec,
      Function<Encoding, SuppliedPools> pools,
      Map<String, String> options,
      Path out,
      boolean force) {}

  /**
   * Pools of a recall stage that there is.
   *
   * @param sessions recall items of each session, list s - 1 that of session s; null for none
   * @param remarks what was left out of them, for the user
   */
  public record SuppliedPools(Pool items, Pool users, Pool sessions, List<String> remarks) {
    public SuppliedPools(Pool items, Pool users, List<String> remarks) {
      this(items, users, null, remarks);
    }
  }

  /**
   * What came out.
   *
   * @param test null if there are no test rows
   * @param testBySession null if there are no test rows or they have no sessions
   */
  record Outcome(
      Trainer.Result training, Metrics test, SessionMetrics testBySession, Path folder) {}

  private final ComputeOptions.Compute compute;
  private final DatasetCache cache;
  private final Progress progress;
  private final ReentrantLock writing = new ReentrantLock();

  TrainingRun(ComputeOptions.Compute compute, DatasetCache cache, Progress progress) {
    this.compute = compute;
    this.cache = cache;
    this.progress = progress;
  }

  Outcome run(Job job) {
    RunFolder.checkFree(job.out(), job.force());
    long start = System.nanoTime();
    try (DatasetFolder data = cache.open(job.source(), job.minCount())) {
      Dataset training = data.split(Split.TRAIN);
      Dataset validation = data.split(Split.VALID);
      for (SkippedRows skipped : data.skipped()) {
        progress.say(skipped.toString());
      }
      progress.say(
          String.format(
              Locale.ROOT,
              "%,d training and %,d validation rows, %d fields (%s)",
              training.rows(),
              validation.rows(),
              data.schema().fields().size(),
              Progress.time(seconds(start))));
      TrainingSpec spec = job.spec();
      long recallStart = System.nanoTime();
      RecallData recall =
          spec.needsRecall()
              ? new SharedRecall(compute.kernels(), data, pools -> job.pools(), progress::say)
                  .of(spec)
              : null;
      double recallSeconds = seconds(recallStart);
      CtrModel model = spec.build(data.schema(), recall);
      progress.say(
          String.format(
              Locale.ROOT,
              "%s with %,d parameters, %s kernels, %d threads",
              spec.model().title(),
              model.parameters().trainableCount(),
              compute.kernels().name(),
              compute.workers().threads()));

      String config = ConfigFile.of(job.options(), spec).text("train");
      try (RunFolder folder =
          new RunFolder(
              job.out(),
              new RunFolder.Content(config, spec, data.encoding(), recall, job.label()))) {
        Trainer.Result result =
            fit(new Trainer(model, spec.train(), compute.kernels()), job, model, folder, data);
        Evaluator.Evaluation test = null;
        if (data.splits().contains(Split.TEST)) {
          test =
              new Evaluator(model, compute.kernels())
                  .evaluate(
                      data.split(Split.TEST),
                      new BatchBuffer(data.schema(), spec.train().batchSize()));
        }
        JsonObject metrics = metrics(spec, result, test, recallSeconds);
        addData(metrics, job.options(), data);
        folder.writeMetrics(metrics);
        return test == null
            ? new Outcome(result, null, null, job.out())
            : new Outcome(result, test.metrics(), test.sessions(), job.out());
      }
    }
  }

  /**
   * Trains; each time the model gets better it is saved, so that an interrupt leaves the best so
   * far.
   */
  private Trainer.Result fit(
      Trainer trainer, Job job, CtrModel model, RunFolder folder, DatasetFolder data) {
    EpochReport[] best = new EpochReport[1];
    Thread onInterrupt =
        new Thread(
            () -> {
              writing.lock(); // a file that is being written is finished first
              folder.close();
              progress.close();
              System.err.println(
                  best[0] == null
                      ? "interrupted before the first evaluation; no model was saved"
                      : "interrupted; the best model so far (epoch "
                          + best[0].epoch()
                          + ") is in "
                          + job.out());
            });
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      writing.lock();
      try {
        folder.create();
      } finally {
        writing.unlock();
      }
      return trainer.fit(
          data.split(Split.TRAIN),
          data.split(Split.VALID),
          new TrainListener() {
            @Override
            public void step(int epoch, TrainStep.Report report, long rows, long totalRows) {
              progress.step(epoch, report, rows, totalRows);
            }

            @Override
            public void epoch(EpochReport report) {
              writing.lock();
              try {
                if (report.best()) {
                  folder.save(model);
                  best[0] = report;
                }
                folder.logEpoch(report);
              } finally {
                writing.unlock();
              }
              progress.epoch(report);
            }
          });
    } finally {
      progress.close();
      removeHook(onInterrupt);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs.
    }
  }

  private JsonObject metrics(
      TrainingSpec spec, Trainer.Result result, Evaluator.Evaluation test, double recallSeconds) {
    EpochReport best = result.best();
    JsonObject json = new JsonObject();
    json.addProperty("model", spec.model().model());
    json.addProperty("enrich", spec.model().enrich());
    json.addProperty("seed", spec.train().seed());
    json.add("valid", MetricsJson.of(best.valid()));
    json.add("test", test == null ? JsonNull.INSTANCE : MetricsJson.of(test.metrics()));
    if (test != null && test.sessions() != null) {
      json.add("testBySession", MetricsJson.of(test.sessions()));
    }
    JsonObject train = new JsonObject();
    train.addProperty("rowsPerSecond", result.rowsPerSecond());
    train.addProperty("secondsPerEpoch", result.secondsPerEpoch());
    train.addProperty("epochs", result.epochs().size());
    train.addProperty("bestEpoch", best.epoch());
    train.addProperty("kernels", compute.kernels().name());
    train.addProperty("threads", compute.workers().threads());
    train.add("clickLoss", Json.number(best.click()));
    if (spec.needsRecall()) {
      train.add("exposureLoss", Json.number(best.auxiliary()));
      train.add("exposureEntropy", Json.number(best.auxiliaryBaseline()));
      train.addProperty("recallSeconds", recallSeconds);
    }
    json.add("train", train);
    JsonObject inference = new JsonObject();
    inference.addProperty("rowsPerSecond", result.scoredPerSecond());
    json.add("inference", inference);
    return json;
  }

  /** What the run was about, in the words of {@code experiment.json}. */
  private static void addData(JsonObject metrics, Map<String, String> options, DatasetFolder data) {
    metrics.addProperty("data", DataOptions.dataset(data));
    metrics.add("rows", DataStatistics.rows(data));
    metrics.add("options", Json.object(options));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }
}
