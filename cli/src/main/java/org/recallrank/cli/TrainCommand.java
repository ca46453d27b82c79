package org.recallrank.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.recallrank.model.train.EpochReport;
import org.recallrank.model.train.ModelSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recallrank train}: from files to a run folder. */
@Command(
    name = "train",
    description = "Trains a model, tests it, and writes a run folder.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  @Mixin private DataOptions data;
  @Mixin private ModelOptions model;
  @Mixin private ComputeOptions compute;

  @Option(names = "--out", required = true, description = "the run folder")
  private Path out;

  @Option(names = "--force", description = "replace a run that is there")
  private boolean force;

  @Option(names = "--quiet", description = "no progress, only the result")
  private boolean quiet;

  @Option(names = "--config", description = "config.yaml of a run whose options to take over")
  private Path config; // replaced by ConfigFile before parsing; named here for the help

  @Override
  public Integer call() {
    ModelSpec spec = model.spec();
    Map<String, String> options = data.given();
    options.put("model", spec.model()); // which may have been spelt another way
    try (ComputeOptions.Compute on = compute.open();
        Progress progress = new Progress(quiet)) {
      progress.say(on.explanation());
      TrainingRun.Outcome outcome =
          new TrainingRun(on, data.cache(), progress)
              .run(
                  new TrainingRun.Job(
                      data.source(),
                      data.label(),
                      data.minCount(),
                      spec,
                      spec.needsRecall()
                          ? data.pools(spec.pools().items(), spec.pools().users())
                          : null,
                      options,
                      out,
                      force));
      EpochReport best = outcome.training().best();
      System.out.printf(
          Locale.ROOT,
          "best epoch %d: valid AUC %.4f  gAUC %.4f  logloss %.4f%n",
          best.epoch(),
          best.valid().auc(),
          best.valid().gauc(),
          best.valid().logloss());
      if (outcome.test() != null) {
        System.out.printf(
            Locale.ROOT,
            "test AUC %.4f  gAUC %.4f  logloss %.4f%n",
            outcome.test().auc(),
            outcome.test().gauc(),
            outcome.test().logloss());
      }
      if (outcome.testBySession() != null) {
        System.out.printf(
            Locale.ROOT,
            "test by session, as CIM measures: AUC %.4f  gAUC %.4f (%,d sessions of both classes)%n",
            outcome.testBySession().auc(),
            outcome.testBySession().gauc(),
            outcome.testBySession().sessions());
      }
      System.out.printf(
          Locale.ROOT, "%,.0f rows/s; the run is in %s%n", outcome.training().rowsPerSecond(), out);
    }
    return 0;
  }
}
