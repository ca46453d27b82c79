package org.recallrank.cli.commands;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.recallrank.cli.experiment.Cell;
import org.recallrank.cli.experiment.CellRunner;
import org.recallrank.cli.experiment.CellStore;
import org.recallrank.cli.experiment.Plan;
import org.recallrank.cli.experiment.SearchRange;
import org.recallrank.cli.experiment.Table;
import org.recallrank.cli.options.CellOptions;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.cli.options.DataOptions;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.files.Json;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.MetricsJson;
import org.recallrank.training.recall.SharedRecall;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code recallrank tune}: a seeded random search that looks at validation rows only, with the same
 * budget for each model and enricher.
 */
@Command(
    name = "tune",
    description = {
      "Random search over ranges of settings, chosen by AUC on the validation rows (test rows are",
      "not looked at). Every model and enricher gets the same number of trainings, the first of",
      "them with the settings as they are. Writes MODEL-ENRICHER.yaml for train --config and",
      "experiment --tuned."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class TuneCommand implements Callable<Integer> {
  private static final String NAME = "tune";

  @Mixin private DataOptions data;
  @Mixin private CellOptions cells;
  @Mixin private ComputeOptions compute;
  @Mixin private ParallelCells parallel;

  @Option(
      names = "--enrichers",
      split = ",",
      defaultValue = "none,rar",
      paramLabel = "NAME",
      description = "what the models are tuned with (default: ${DEFAULT-VALUE})")
  private List<String> enrichers;

  @Option(
      names = "--range",
      required = true,
      paramLabel = "KEY=RANGE",
      description = {
        "what to search: LO..HI (numbers), LO..HI:log (by magnitude) or A|B|C (choices);",
        "a model or enricher that does not know the key leaves it out"
      })
  private List<String> ranges;

  @Option(
      names = "--budget",
      defaultValue = "10",
      paramLabel = "N",
      description = "trainings per model and enricher (default: ${DEFAULT-VALUE})")
  private int budget;

  @Option(
      names = "--seed",
      defaultValue = "2024",
      description = "of the search and of every training (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--out", required = true, description = "folder of the results")
  private Path out;

  @Option(names = "--resume", description = "go on with what is in --out")
  private boolean resume;

  @Option(names = "--quiet", description = "no progress, only the result")
  private boolean quiet;

  @Option(names = "--config", description = "config.yaml of a run whose options to take over")
  private Path config; // replaced by ConfigFile before parsing; named here for the help

  @Override
  public Integer call() {
    if (budget < 1) {
      throw new SettingsException("--budget: expected at least 1, found " + budget);
    }
    parallel.check(null);
    CellStore store = new CellStore(out);
    store.checkFree(resume, NAME);
    Plan plan = plan();
    try (ComputeOptions.Compute on = compute.open();
        Progress progress = new Progress(quiet);
        DatasetFolder folder = data.cache().open(data.source(), data.minCount())) {
      progress.say(on.explanation());
      progress.say(plan.cells().size() + " trainings, " + budget + " per model and enricher");
      CellLoop loop = new CellLoop(plan, data.checksum(folder), store, progress);
      JsonObject about = new JsonObject();
      about.addProperty("name", NAME);
      about.addProperty("budget", budget);
      about.add("rows", MetricsJson.rows(folder));
      about.add("options", Json.object(data.given()));
      store.writeAbout(about);
      SharedRecall recall =
          new SharedRecall(
              on.kernels(), folder, p -> data.pools(p.items(), p.users()), progress::say);
      parallel.run(loop, compute, k -> new CellRunner(k, folder, recall::of, false));
    }
    choose(plan, store);
    return 0;
  }

  private Plan plan() {
    List<String> models = cells.models() == null ? List.of("dcnv2") : cells.models();
    List<SearchRange> searched = ranges.stream().map(SearchRange::parse).toList();
    Map<String, String> fixed = cells.settings();
    Set<String> known = new LinkedHashSet<>();
    List<Cell> all = new ArrayList<>();
    for (String model : models) {
      for (String enrich : enrichers) {
        Enrichers.check(enrich);
        Set<String> keys = Plan.keys(model, enrich);
        known.addAll(keys);
        for (int trial = 0; trial < budget; trial++) {
          Map<String, String> settings = new LinkedHashMap<>(fixed);
          Rng rng = new Rng(seed).split(trial); // the same draws for every column
          for (SearchRange range : searched) {
            String drawn = range.draw(rng);
            if (trial > 0) {
              settings.put(range.key(), drawn);
            }
          }
          settings.keySet().retainAll(keys);
          settings.remove("seed");
          Cell cell = new Cell(model, enrich + " trial " + trial, enrich, settings, seed);
          cell.spec();
          all.add(cell);
        }
      }
    }
    for (SearchRange range : searched) {
      check(range.key(), known);
    }
    fixed.keySet().forEach(key -> check(key, known));
    return new Plan("tune", all);
  }

  private static void check(String key, Set<String> known) {
    if (!known.contains(key)) {
      throw new SettingsException("unknown setting \"" + key + "\"" + Nearest.hint(key, known));
    }
  }

  /** Less than any AUC for a training that diverged. */
  private static double validAuc(JsonObject cell) {
    double auc = Json.at(cell, "valid.auc");
    return Double.isNaN(auc) ? -1 : auc;
  }

  /** The best of each model and enricher; of equal ones the first. */
  private void choose(Plan plan, CellStore store) {
    Map<String, JsonObject> best = new LinkedHashMap<>();
    Set<String> planned = plan.cells().stream().map(Cell::id).collect(Collectors.toSet());
    for (JsonObject cell : store.all()) {
      if (planned.contains(Json.text(cell, "id"))) {
        best.merge(
            Json.text(cell, "model") + "-" + Json.text(cell, "enrich"),
            cell,
            (a, b) -> validAuc(b) > validAuc(a) ? b : a);
      }
    }
    List<List<String>> rows = new ArrayList<>();
    best.forEach(
        (name, result) -> {
          Cell cell =
              plan.cells().stream()
                  .filter(c -> c.id().equals(Json.text(result, "id")))
                  .findFirst()
                  .orElseThrow();
          Map<String, String> options = data.given();
          options
              .keySet()
              .removeAll(Set.of("models", "enrichers", "range", "budget", "parallel", "resume"));
          options.put("model", cell.model());
          options.put("enrich", cell.enrich());
          Path file = CellOptions.tunedFile(out, cell.model(), cell.enrich());
          AtomicFile.write(file, ConfigFile.of(options, cell.spec()).text("train"));
          rows.add(
              List.of(
                  name,
                  String.format(Locale.ROOT, "%.4f", Json.at(result, "valid.auc")),
                  cell.settings().isEmpty() ? "as they are" : cell.settings().toString()));
        });
    System.out.println(
        new Table(
                "Best of " + budget + " trainings each, by AUC on validation rows",
                List.of("model", "valid AUC", "settings"),
                rows,
                List.of("Written to " + out + ": train --config FILE, experiment --tuned " + out))
            .text());
  }
}
