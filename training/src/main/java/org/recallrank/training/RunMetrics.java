package org.recallrank.training;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Map;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.files.Json;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.metrics.MetricsJson;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/**
 * What {@code metrics.json} says of a run.
 *
 * @param test null if there are no test rows
 * @param recallSeconds of the recall stage, if the model needs one
 */
record RunMetrics(
    TrainingSpec spec,
    Kernels kernels,
    Trainer.Result result,
    Evaluator.Evaluation test,
    double recallSeconds) {

  /**
   * @param options where the data came from, in the words of the command line
   */
  JsonObject json(DatasetFolder data, Map<String, String> options) {
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
    json.add("train", training(best));
    JsonObject inference = new JsonObject();
    inference.addProperty("rowsPerSecond", result.scoredPerSecond());
    json.add("inference", inference);
    json.addProperty("data", data.id());
    json.add("rows", MetricsJson.rows(data));
    json.add("options", Json.object(options));
    return json;
  }

  private JsonObject training(EpochReport best) {
    JsonObject train = new JsonObject();
    train.addProperty("rowsPerSecond", result.rowsPerSecond());
    train.addProperty("secondsPerEpoch", result.secondsPerEpoch());
    train.addProperty("epochs", result.epochs().size());
    train.addProperty("bestEpoch", best.epoch());
    train.addProperty("kernels", kernels.name());
    train.addProperty("threads", kernels.workers().threads());
    train.add("clickLoss", Json.number(best.click()));
    if (spec.needsRecall()) {
      train.add("exposureLoss", Json.number(best.auxiliary()));
      train.add("exposureEntropy", Json.number(best.auxiliaryBaseline()));
      train.addProperty("recallSeconds", recallSeconds);
    }
    return train;
  }
}
