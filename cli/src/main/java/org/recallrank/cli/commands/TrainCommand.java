package org.recallrank.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.cli.options.DataOptions;
import org.recallrank.cli.options.ModelOptions;
import org.recallrank.kernels.Device;
import org.recallrank.kernels.Kernels;
import org.recallrank.training.TrainingJob;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code recallrank train}: from files to a run folder. */
@Command(
    name = "train",
    description = "Trains a model, tests it, and writes a run folder.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class TrainCommand implements Callable<Integer> {
  @Mixin private DataOptions data;
  @Mixin private ModelOptions model;
  @Mixin private ComputeOptions compute;

  @Option(names = "--out", required = true, description = "the run folder")
  private Path out;

  @Option(names = "--force", description = "replace a run that is there")
  private boolean force;

  @Option(
      names = "--profile",
      description = "at the end, what the device's kernels and transfers took (opencl)")
  private boolean profile;

  @Option(names = "--quiet", description = "no progress, only the result")
  private boolean quiet;

  @Option(names = "--config", description = "config.yaml of a run whose options to take over")
  private Path config; // replaced by ConfigFile before parsing; named here for the help

  @Override
  public Integer call() {
    TrainingSpec spec = model.spec();
    Map<String, String> options = data.given();
    options.put("model", spec.model().model()); // which may have been spelt another way
    try (ComputeOptions.Compute on = compute.open();
        Progress progress = new Progress(quiet)) {
      progress.say(on.explanation());
      if (profile) {
        on.kernels().device().startProfile();
      }
      TrainingJob job =
          new TrainingJob(data.source(), spec)
              .label(data.label())
              .minCount(data.minCount())
              .cache(data.cache())
              .pools(
                  spec.needsRecall()
                      ? data.pools(spec.pools().items(), spec.pools().users())
                      : null)
              .config(ConfigFile.of(options, spec).text("train"))
              .options(options);
      TrainingJob.Outcome outcome =
          InterruptibleTraining.run(job, on.kernels(), out, force, progress);
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
            "test by session, as CIM measures: AUC %.4f  gAUC %.4f (%,d sessions of both"
                + " classes)%n",
            outcome.testBySession().auc(),
            outcome.testBySession().gauc(),
            outcome.testBySession().sessions());
      }
      System.out.printf(
          Locale.ROOT, "%,.0f rows/s; the run is in %s%n", outcome.training().rowsPerSecond(), out);
      if (profile) {
        printProfile(on.kernels());
      }
    }
    return 0;
  }

  private static void printProfile(Kernels kernels) {
    List<Device.Cost> costs = kernels.device().profile();
    if (costs.isEmpty()) {
      System.out.println(
          "profile: the " + kernels.name() + " kernels run on the host; there is no device");
      return;
    }
    System.out.printf("%-24s %10s %12s %12s%n", "on the device", "times", "ms", "MB");
    for (Device.Cost cost : costs) {
      System.out.printf(
          Locale.ROOT,
          "%-24s %,10d %,12.1f %12s%n",
          cost.what(),
          cost.count(),
          cost.milliseconds(),
          cost.bytes() == 0 ? "" : String.format(Locale.ROOT, "%,.1f", cost.bytes() * 1e-6));
    }
  }
}
