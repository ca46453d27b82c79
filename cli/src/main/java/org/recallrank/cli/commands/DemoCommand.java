package org.recallrank.cli.commands;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.Durations;
import org.recallrank.training.TrainingJob;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.Metrics;
import org.recallrank.training.metrics.Predictions;
import org.recallrank.training.recall.SuppliedPools;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.world.GeneratedWorld;
import org.recallrank.training.train.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code recallrank demo}: the main job on a generated world, whose best reachable AUC is known
 * because its clicks are drawn from known probabilities.
 */
@Command(
    name = "demo",
    description =
        "Trains DCN-V2 without and with RAR on a generated world; downloads nothing, takes about"
            + " a minute.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
  /** The world is small, so batches are too. */
  private static final Map<String, String> RAW = Map.of("batch_size", "1024");

  /** Eq. 10 as printed does better on this world's validation rows than the default. */
  private static final Map<String, String> RAR = Map.of("batch_size", "1024", "rar_pooling", "sum");

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--out",
      defaultValue = "runs/demo",
      description = "folder of the two runs, replaced if it is there (default: ${DEFAULT-VALUE})")
  private Path out;

  @Option(names = "--cache", description = "folder of encoded data")
  private Path cache;

  @Override
  public Integer call() {
    GeneratedWorld world = new GeneratedWorld(GeneratedWorld.Config.defaults());
    DatasetCache datasets =
        new DatasetCache(cache == null ? DatasetCache.defaultRoot(System.getenv()) : cache);
    long start = System.nanoTime();
    try (ComputeOptions.Compute on = compute.open();
        Progress progress = new Progress(false)) {
      progress.say(on.explanation());
      progress.say("");
      progress.say(
          "A generated world: users in communities, items in categories, both hidden. Most users"
              + " have few rows,");
      progress.say(
          "so their taste is hard to learn from their own clicks; look-alike users and recall"
              + " items give it away.");
      progress.say("");
      progress.say("DCN-V2 alone:");
      TrainingJob.Outcome raw = train(world, "none", datasets, on.kernels(), progress);
      progress.say("");
      progress.say("DCN-V2 with RAR:");
      TrainingJob.Outcome rar = train(world, "rar", datasets, on.kernels(), progress);
      Metrics best = bestReachable(world, datasets);
      print(raw, rar, best, (System.nanoTime() - start) * 1e-9);
    }
    return 0;
  }

  private TrainingJob.Outcome train(
      GeneratedWorld world,
      String enrich,
      DatasetCache datasets,
      Kernels kernels,
      Progress progress) {
    TrainingSpec spec =
        TrainingSpec.of("dcnv2", enrich, new Settings(enrich.equals("rar") ? RAR : RAW));
    Map<String, String> options =
        new TreeMap<>(Map.of("format", "world", "model", "dcnv2", "enrich", enrich));
    TrainingJob job =
        new TrainingJob(world, spec)
            .cache(datasets)
            .pools(
                encoding ->
                    new SuppliedPools(
                        world.recallItems(encoding, spec.pools().items()),
                        world.lookAlikes(encoding, spec.pools().users()),
                        List.of()))
            .config(ConfigFile.of(options, spec).text("train"))
            .options(options);
    Path folder = out.resolve(enrich.equals("none") ? "dcnv2" : "dcnv2-rar");
    return InterruptibleTraining.run(job, kernels, folder, true, progress);
  }

  /** The metrics of the true click probabilities on the test rows: no model can expect more. */
  private static Metrics bestReachable(GeneratedWorld world, DatasetCache datasets) {
    float[] truth = world.probabilities(Split.TEST);
    Predictions predictions = new Predictions();
    try (DatasetFolder data = datasets.open(world, 1)) {
      Dataset test = data.split(Split.TEST);
      BatchBuffer buffer = new BatchBuffer(data.schema(), 4096);
      for (int row = 0; row < truth.length; row += buffer.capacity()) {
        int size = Math.min(buffer.capacity(), truth.length - row);
        Batch batch = test.fill(buffer, row, size);
        predictions.add(batch, Tensor.wrap(truth, truth.length).view(row, size));
      }
    }
    return predictions.metrics();
  }

  private void print(
      TrainingJob.Outcome raw, TrainingJob.Outcome rar, Metrics best, double seconds) {
    System.out.println();
    System.out.println("On test rows that no model has seen:");
    System.out.println();
    System.out.println("                      AUC     gAUC   log loss   training");
    row("DCN-V2", raw.test(), raw);
    row("DCN-V2 + RAR", rar.test(), rar);
    row("best reachable", best, null);
    System.out.println();
    System.out.printf(
        Locale.ROOT,
        "RAR gains %+.4f AUC, %.0f %% of what was left to gain.%n",
        rar.test().auc() - raw.test().auc(),
        100 * (rar.test().auc() - raw.test().auc()) / (best.auc() - raw.test().auc()));
    System.out.println(
        "AUC: how often a clicked row scores above one that was not clicked (0.5 is guessing).");
    System.out.println(
        "gAUC: the same within each user's rows. Best reachable: the true click probabilities.");
    System.out.println();
    System.out.printf(
        "Done in %s. The runs are in %s and %s.%n",
        Durations.text(seconds), raw.folder(), rar.folder());
  }

  private static void row(String name, Metrics m, TrainingJob.Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "  %-16s %7.4f  %7.4f    %7.4f   %s%n",
        name,
        m.auc(),
        m.gauc(),
        m.logloss(),
        outcome == null
            ? ""
            : Durations.text(
                outcome.training().epochs().stream().mapToDouble(e -> e.seconds()).sum()));
  }
}
