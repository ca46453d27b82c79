package org.recallrank.cli.serve;

import com.google.gson.JsonObject;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.recallrank.cli.options.BackendException;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.io.DataException;

/** Has another run, or the same one anew, answer all later requests. */
final class ReloadEndpoint implements Endpoint {
  private static final int CONFLICT = 409;

  private final ServedModel model;
  private final ServiceMetrics metrics;

  ReloadEndpoint(ServedModel model, ServiceMetrics metrics) {
    this.model = model;
    this.metrics = metrics;
  }

  @Override
  public Reply answer(byte[] body) {
    Path folder = folder(RequestJson.reload(RequestBody.text(body)));
    boolean done = false;
    try {
      ServedModel.Identity now = model.reload(folder);
      done = true;
      JsonObject json = new JsonObject();
      json.addProperty("model", now.id());
      return Reply.json(200, json.toString());
    } catch (DataException | SettingsException | BackendException e) {
      throw new RequestException(CONFLICT, e.getMessage());
    } finally {
      metrics.reloaded(done);
    }
  }

  private static Path folder(String run) {
    try {
      return run == null ? null : Path.of(run);
    } catch (InvalidPathException e) {
      throw RequestException.badRequest("run: expected a folder, found \"" + run + "\"");
    }
  }
}
