package org.recallrank.model.serve;

import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.io.DataException;

/**
 * What the weights' file says of the model.
 *
 * @param settings in effect when it was trained, in the order of the file
 * @param label name of the column that held the clicks
 */
record RunHeader(ModelSpec spec, Map<String, String> settings, String label) {

  /**
   * Reads the metadata of a file.
   *
   * @throws DataException if they do not describe a model
   */
  static RunHeader of(Path file, Map<String, String> metadata) {
    for (String key : new String[] {"model", "enrich", "label", "settings"}) {
      if (!metadata.containsKey(key)) {
        throw new DataException(
            file
                + ": expected metadata \""
                + key
                + "\" as written by train, found "
                + metadata.keySet());
      }
    }
    Map<String, String> settings = new LinkedHashMap<>();
    try {
      JsonParser.parseString(metadata.get("settings"))
          .getAsJsonObject()
          .asMap()
          .forEach((key, value) -> settings.put(key, value.getAsString()));
      ModelSpec spec =
          ModelSpec.of(metadata.get("model"), metadata.get("enrich"), new Settings(settings));
      return new RunHeader(spec, settings, metadata.get("label"));
    } catch (JsonSyntaxException
        | IllegalStateException
        | UnsupportedOperationException
        | SettingsException e) {
      throw new DataException(file + ": its metadata does not describe a model: " + e.getMessage());
    }
  }
}
