package org.recallrank.training.metrics;

import static org.recallrank.model.files.Json.number;

import com.google.gson.JsonObject;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.source.Split;

/** Metrics as {@code metrics.json} has them. */
public final class MetricsJson {
  private MetricsJson() {}

  /** How many rows each split has. */
  public static JsonObject rows(DatasetFolder data) {
    JsonObject rows = new JsonObject();
    for (Split split : data.splits()) {
      rows.addProperty(split.label(), data.split(split).rows());
    }
    return rows;
  }

  /** Metrics by row and by user. */
  public static JsonObject of(Metrics m) {
    JsonObject json = new JsonObject();
    json.add("auc", number(m.auc()));
    json.add("gauc", number(m.gauc()));
    json.add("logloss", number(m.logloss()));
    json.addProperty("gaucUsers", m.gaucGroups());
    json.addProperty("gaucRows", m.gaucRows());
    return json;
  }

  /** Metrics by session, which say whose definition they have. */
  public static JsonObject of(SessionMetrics m) {
    JsonObject json = new JsonObject();
    json.addProperty("definition", "CIM: by session; sessions of one class left out of both");
    json.add("auc", number(m.auc()));
    json.add("gauc", number(m.gauc()));
    json.addProperty("sessions", m.sessions());
    json.addProperty("rows", m.rows());
    return json;
  }
}
