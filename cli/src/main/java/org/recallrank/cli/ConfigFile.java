package org.recallrank.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.io.DataException;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A run's {@code config.yaml}: {@code options} by their long names without dashes, {@code settings}
 * by key. {@code --config FILE} stands for all of them; what follows on the command line goes
 * before.
 */
final class ConfigFile {
  private static final String OPTION = "--config";

  private ConfigFile() {}

  /** The text of a configuration. */
  static String text(Map<String, String> options, Map<String, String> settings) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("options", options);
    content.put("settings", settings);
    DumpSettings style = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
    return "# Written by recallrank train. To repeat: recallrank train --config THIS --out NEW\n"
        + new Dump(style).dumpToString(content);
  }

  /**
   * Replaces {@code --config FILE} by what the file says, right behind the subcommand.
   *
   * @throws DataException if the file cannot be read as a configuration
   */
  static List<String> expand(List<String> arguments) {
    int at = arguments.indexOf(OPTION);
    if (at < 0) {
      return arguments;
    }
    if (at == 0 || at + 1 == arguments.size()) {
      throw new DataException(OPTION + " stands behind a command and names a file");
    }
    List<String> expanded = new ArrayList<>(arguments.subList(0, 1));
    expanded.addAll(read(Path.of(arguments.get(at + 1))));
    expanded.addAll(arguments.subList(1, at));
    expanded.addAll(arguments.subList(at + 2, arguments.size()));
    return expanded;
  }

  private static List<String> read(Path file) {
    Object content;
    try (InputStream in = Files.newInputStream(file)) {
      content =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromInputStream(in);
    } catch (IOException e) {
      throw DataException.reading(file, e);
    } catch (YamlEngineException e) {
      throw new DataException(file + ": not a YAML file: " + e.getMessage());
    }
    if (!(content instanceof Map<?, ?> sections)) {
      throw new DataException(file + ": expected the sections options and settings");
    }
    List<String> arguments = new ArrayList<>();
    for (Map.Entry<?, ?> section : sections.entrySet()) {
      if (!(section.getValue() instanceof Map<?, ?> entries)) {
        throw new DataException(file + ": " + section.getKey() + ": expected keys and values");
      }
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        if (section.getKey().equals("options")) {
          arguments.add("--" + entry.getKey() + "=" + entry.getValue());
        } else if (section.getKey().equals("settings")) {
          arguments.add("--set");
          arguments.add(entry.getKey() + "=" + entry.getValue());
        } else {
          throw new DataException(
              file + ": expected the sections options and settings, found " + section.getKey());
        }
      }
    }
    return arguments;
  }
}
