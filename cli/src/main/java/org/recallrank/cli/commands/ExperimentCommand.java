package org.recallrank.cli.commands;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.recallrank.cli.experiment.CellRunner;
import org.recallrank.cli.experiment.CellStore;
import org.recallrank.cli.experiment.DataStatistics;
import org.recallrank.cli.experiment.Plan;
import org.recallrank.cli.experiment.ScaleStudy;
import org.recallrank.cli.experiment.Tables;
import org.recallrank.cli.options.CellOptions;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.cli.options.DataOptions;
import org.recallrank.model.files.Json;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.recall.SharedRecall;
import org.recallrank.training.source.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recallrank experiment}: the paper's tables and open questions, repeatable. */
@Command(
    name = "experiment",
    description = {
      "Repeats an experiment on a data set: table2 (models x raw/FRNet/CIM/RAR), table3",
      "(ablations), table4 (wall time), sensitivity (k_l, k_r, alpha, hash bits), selection",
      "(SimHash against exact neighbours), scale (time and memory by size; data is generated)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ExperimentCommand implements Callable<Integer> {
  private static final int NO_ITEM = 2; // padding and out-of-vocabulary

  /** Those whose result is a time. */
  private static final Set<String> TIMED = Set.of("table4", "selection", "scale");

  @Parameters(
      paramLabel = "NAME",
      description = "table2, table3, table4, sensitivity, selection or scale")
  private String name;

  @Mixin private DataOptions data;
  @Mixin private CellOptions cells;
  @Mixin private ComputeOptions compute;
  @Mixin private ParallelCells parallel;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "2024",
      paramLabel = "N",
      description = "one training per cell and seed (default: ${DEFAULT-VALUE})")
  private List<Long> seeds;

  @Option(
      names = "--enrichers",
      split = ",",
      paramLabel = "NAME",
      description = "only the columns with these, such as none,rar (default: all of the table)")
  private List<String> enrichers;

  @Option(names = "--tuned", description = "folder of settings that tune has chosen")
  private Path tuned;

  @Option(
      names = "--max-users",
      defaultValue = "100000",
      description = "scale: the largest world to train on (default: ${DEFAULT-VALUE})")
  private int maxUsers;

  @Option(
      names = "--max-pool",
      defaultValue = "10000000",
      description = "scale: the largest pool to select from (default: ${DEFAULT-VALUE})")
  private int maxPool;

  @Option(
      names = "--warm-up",
      defaultValue = "6",
      paramLabel = "SECONDS",
      description =
          "table4: training of each kind before anything is timed (default: ${DEFAULT-VALUE})")
  private double warmUp;

  @Option(names = "--out", required = true, description = "folder of the results")
  private Path out;

  @Option(names = "--resume", description = "go on with what is in --out")
  private boolean resume;

  @Option(names = "--quiet", description = "no progress, only the tables")
  private boolean quiet;

  @Option(names = "--config", description = "config.yaml of a run whose options to take over")
  private Path config; // replaced by ConfigFile before parsing; named here for the help

  @Override
  public Integer call() {
    CellStore store = new CellStore(out);
    store.checkFree(resume, name);
    parallel.check(TIMED.contains(name) ? name : null);
    try (ComputeOptions.Compute on = compute.open();
        Progress progress = new Progress(quiet)) {
      progress.say(on.explanation());
      if (name.equals("scale")) {
        new ScaleStudy(on.kernels(), data.cache(), store, progress::say).run(maxUsers, maxPool);
      } else {
        train(store, on, progress);
      }
    }
    Tables.of(store).forEach(table -> System.out.println(table.text()));
    System.out.println("The results are in " + out + "; recallrank report shows them.");
    return 0;
  }

  private void train(CellStore store, ComputeOptions.Compute on, Progress progress) {
    try (DatasetFolder folder = data.cache().open(data.source(), data.minCount())) {
      if (!TIMED.contains(name) && !folder.splits().contains(Split.TEST)) {
        throw new DataException(
            "experiment " + name + ": expected test rows, found none; see --test and --split");
      }
      Plan plan = plan(folder.schema());
      String dataset = data.checksum(folder);
      if (TIMED.contains(name)) { // then what it runs on decides the result
        dataset += ", " + on.kernels().name() + ", threads: " + on.workers().threads();
      }
      CellLoop loop = new CellLoop(plan, dataset, store, progress);
      if (resume && CellStore.isExperiment(out)) {
        Tables.of(store).forEach(table -> progress.say("so far:\n" + table.text()));
      }
      JsonObject about = DataStatistics.of(folder);
      about.addProperty("name", name);
      about.add("options", Json.object(data.given()));
      store.writeAbout(about);
      SharedRecall recall =
          new SharedRecall(
              on.kernels(), folder, p -> data.pools(p.items(), p.users()), progress::say);
      if (parallel.oneAtATime()) {
        CellRunner runner = new CellRunner(on.kernels(), folder, recall::of, true);
        if (name.equals("table4") && !loop.done()) {
          progress.say("warming up");
          runner.warmUp(plan.cells(), warmUp);
        }
        loop.run(List.of(runner));
      } else {
        parallel.run(loop, compute, k -> new CellRunner(k, folder, recall::of, true));
      }
    }
  }

  private Plan plan(Schema schema) {
    int items =
        schema.item() < 0 ? 0 : schema.fields().get(schema.item()).vocabularySize() - NO_ITEM;
    return Plan.of(
        name,
        new Plan.Basis(
            cells.models(),
            enrichers,
            seeds.stream().distinct().toList(),
            cells.settings(),
            this::tuned,
            items));
  }

  /** What {@code tune} found for a model and an enricher; nothing without {@code --tuned}. */
  private Map<String, String> tuned(String model, String enrich) {
    if (tuned == null) {
      return Map.of();
    }
    Path file = CellOptions.tunedFile(tuned, model, enrich);
    if (!Files.exists(file)) {
      throw new DataException(
          file
              + ": not there; all columns are tuned or none: tune "
              + model
              + " with "
              + enrich
              + ", too, or leave it out (--models, --enrichers)");
    }
    return ConfigFile.read(file).settings();
  }
}
