package org.recallrank.cli.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.Settings.Setting;
import org.recallrank.model.enrich.Rar;
import org.recallrank.model.files.Json;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Encoding;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.metrics.MetricsJson;
import org.recallrank.training.source.Split;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/** Trains a cell as {@code train} would, and says in JSON what came out. */
public final class CellRunner {
  private static final int WARM_UP_BATCHES = 8;

  private final Kernels kernels;
  private final DatasetFolder data;
  private final Encoding encoding;
  private final Function<TrainingSpec, RecallData> recall;
  private final boolean testing;
  private final boolean searching;

  /**
   * @param recall what the recall stage gives for a model that needs it; called once per cell
   * @param testing whether test rows are looked at; if not, this is a search for settings, to which
   *     a training that diverges is a result as well
   */
  public CellRunner(
      Kernels kernels,
      DatasetFolder data,
      Function<TrainingSpec, RecallData> recall,
      boolean testing) {
    this.kernels = kernels;
    this.data = data;
    this.recall = recall;
    this.testing = testing && data.splits().contains(Split.TEST);
    searching = !testing;
    encoding = data.encoding();
  }

  /** All that decides a cell's result besides the code. */
  public static JsonObject configuration(Cell cell, String dataset) {
    JsonObject configuration = new JsonObject();
    configuration.addProperty(CellStore.DATA, dataset);
    configuration.addProperty("model", cell.model());
    configuration.addProperty("enrich", cell.enrich());
    Map<String, String> settings =
        cell.spec().settings().asked().stream()
            .collect(Collectors.toMap(Setting::key, Setting::value));
    new TreeMap<>(settings).forEach(configuration::addProperty);
    return configuration;
  }

  /**
   * Trains what these cells train, for some seconds each and to no end, so that the first ones that
   * are timed do not pay for the compiler. All kinds have their turn twice, because a kernel that
   * one kind has had to itself is compiled anew when another one comes.
   */
  public void warmUp(List<Cell> cells, double secondsEach) {
    Map<Map<String, String>, TrainingSpec> kinds = new LinkedHashMap<>();
    for (Cell cell : cells) {
      Map<String, String> settings = new TreeMap<>(cell.settings());
      settings.put("epochs", "1");
      Map<String, String> kind = new TreeMap<>(settings);
      kind.put("model", cell.model());
      kind.put("enrich", cell.enrich());
      settings.put("seed", Long.toString(cell.seed()));
      kinds.putIfAbsent(kind, TrainingSpec.of(cell.model(), cell.enrich(), new Settings(settings)));
    }
    for (int turn = 0; turn < 2; turn++) {
      for (TrainingSpec spec : kinds.values()) {
        RecallData recallData = spec.needsRecall() ? recall.apply(spec) : null;
        long rows = (long) WARM_UP_BATCHES * spec.train().batchSize();
        long start = System.nanoTime();
        while ((System.nanoTime() - start) * 1e-9 < secondsEach / 2) {
          new Trainer(spec.build(data.schema(), recallData), spec.train(), kernels)
              .fit(
                  data.split(Split.TRAIN).head(rows),
                  data.split(Split.VALID).head(rows),
                  TrainListener.none());
        }
      }
    }
  }

  /** Trains and evaluates. */
  public JsonObject run(Cell cell, TrainListener listener) {
    long start = System.nanoTime();
    TrainingSpec spec = cell.spec();
    RecallData recallData = spec.needsRecall() ? recall.apply(spec) : null;
    CtrModel model = spec.build(data.schema(), recallData);
    JsonObject json = new JsonObject();
    json.addProperty("id", cell.id());
    json.addProperty("model", cell.model());
    json.addProperty("column", cell.column());
    json.addProperty("enrich", cell.enrich());
    json.addProperty("seed", cell.seed());
    Trainer.Result result;
    try {
      result =
          new Trainer(model, spec.train(), kernels)
              .fit(data.split(Split.TRAIN), data.split(Split.VALID), listener);
    } catch (ArithmeticException e) {
      if (!searching) {
        throw e;
      }
      json.addProperty("failed", e.getMessage());
      return json;
    }
    EpochReport best = result.best();

    json.addProperty("parameters", model.parameters().trainableCount());
    json.add("valid", MetricsJson.of(best.valid()));
    json.add("test", JsonNull.INSTANCE);
    if (testing) {
      BatchBuffer buffer = new BatchBuffer(data.schema(), spec.train().batchSize());
      Evaluator.Evaluation test =
          new Evaluator(model, kernels).evaluate(data.split(Split.TEST), buffer);
      json.add("test", MetricsJson.of(test.metrics()));
      if (test.sessions() != null) {
        json.add("testBySession", MetricsJson.of(test.sessions()));
      }
    }
    json.addProperty("bestEpoch", best.epoch());
    json.addProperty(
        "trainSeconds", result.epochs().stream().mapToDouble(EpochReport::seconds).sum());
    json.add("secondsPerEpoch", Json.number(result.secondsPerEpoch()));
    json.add("rowsPerSecond", Json.number(result.rowsPerSecond()));
    json.add("scoredPerSecond", Json.number(result.scoredPerSecond()));
    json.add(
        "inferenceStepMillis",
        Json.number(1000.0 * spec.train().batchSize() / result.scoredPerSecond()));
    json.add("epochs", epochs(result));
    if (model.enricher() instanceof Rar) {
      if (testing) {
        json.add("matching", MatchingExamples.of(model, kernels, data.split(Split.TEST), encoding));
      }
      SelectionMeasure.of(spec, recallData, kernels, data.split(Split.VALID))
          .ifPresent(measure -> json.add("selection", measure));
    }
    json.addProperty("seconds", (System.nanoTime() - start) * 1e-9);
    json.addProperty("kernels", kernels.name());
    json.addProperty("threads", kernels.workers().threads());
    return json;
  }

  private static JsonArray epochs(Trainer.Result result) {
    JsonArray epochs = new JsonArray();
    for (EpochReport e : result.epochs()) {
      JsonObject json = new JsonObject();
      json.addProperty("epoch", e.epoch());
      json.addProperty("learningRate", e.learningRate());
      json.add("click", Json.number(e.click()));
      json.add("auxiliary", Json.number(e.auxiliary()));
      json.add("auxiliaryBaseline", Json.number(e.auxiliaryBaseline()));
      json.add("auc", Json.number(e.valid().auc()));
      json.add("gauc", Json.number(e.valid().gauc()));
      json.add("logloss", Json.number(e.valid().logloss()));
      json.addProperty("seconds", e.seconds());
      epochs.add(json);
    }
    return epochs;
  }
}
