package org.recallrank.cli.options;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.io.DataException;
import org.recallrank.training.train.TrainingSpec;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A run's {@code config.yaml}: {@code options} by their long names without dashes, {@code settings}
 * by key. {@code --config FILE} stands for all of them; what is on the command line counts in place
 * of what the file says.
 *
 * @param options text by name; lists are joined by commas
 * @param settings text by key
 */
public record ConfigFile(Map<String, String> options, Map<String, String> settings) {
  private static final String OPTION = "--config";
  private static final String SET = "--set";
  private static final Set<String> NOT_IN_A_FILE = Set.of("config", "set", "help", "version");

  /** Options that are not kept: where results go, and what stands among the settings. */
  private static final Set<String> NOT_KEPT =
      Set.of("out", "force", "resume", "set", "epochs", "seed", "config");

  /** A model's settings with the options that a command line gave. */
  public static ConfigFile of(Map<String, String> options, TrainingSpec spec) {
    Map<String, String> settings = new LinkedHashMap<>();
    spec.settings().asked().forEach(s -> settings.put(s.key(), s.value()));
    return new ConfigFile(options, settings);
  }

  /** The options of a command line that has been parsed. */
  public static Map<String, String> given(CommandSpec command) {
    Map<String, String> given = new LinkedHashMap<>();
    for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
      String name = option.longestName().substring(2);
      if (!NOT_KEPT.contains(name)) {
        given.put(name, argument(option.getValue()));
      }
    }
    return given;
  }

  private static String argument(Object value) {
    if (value instanceof List<?> list) {
      return String.join(",", list.stream().map(Object::toString).toList());
    }
    return value instanceof Path path ? path.toAbsolutePath().toString() : String.valueOf(value);
  }

  /**
   * The text of a configuration.
   *
   * @param command that writes it and would take it again
   */
  public String text(String command) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("options", options);
    content.put("settings", settings);
    DumpSettings style = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
    return "# Written by recallrank %1$s. To repeat: recallrank %1$s --config THIS --out NEW\n"
            .formatted(command)
        + new Dump(style).dumpToString(content);
  }

  /**
   * Replaces {@code --config FILE}, where a command takes it, by what the file says.
   *
   * @throws DataException if the file cannot be read as a configuration
   */
  public static List<String> expand(List<String> arguments, CommandLine commands) {
    CommandLine command =
        arguments.isEmpty() ? null : commands.getSubcommands().get(arguments.get(0));
    if (command == null || !takes(command, "config")) {
      return arguments;
    }
    List<String> rest = new ArrayList<>();
    Path file = null;
    for (int a = 1; a < arguments.size(); a++) {
      String argument = arguments.get(a);
      if (!argument.equals(OPTION) && !argument.startsWith(OPTION + "=")) {
        rest.add(argument);
        continue;
      }
      if (file != null) {
        throw new DataException(OPTION + ": expected one file, found two");
      }
      if (argument.equals(OPTION) && ++a == arguments.size()) {
        throw new DataException(OPTION + ": expected a file behind it, found nothing");
      }
      file = Path.of(argument.equals(OPTION) ? arguments.get(a) : after(argument, '='));
    }
    if (file == null) {
      return arguments;
    }
    List<String> expanded = new ArrayList<>(arguments.subList(0, 1));
    expanded.addAll(read(file).arguments(file, command, commands, rest));
    expanded.addAll(rest);
    return expanded;
  }

  private static boolean takes(CommandLine command, String option) {
    return command.getCommandSpec().findOption("--" + option) != null;
  }

  private static String after(String text, char separator) {
    return text.substring(text.indexOf(separator) + 1);
  }

  /**
   * What the file adds to the command line {@code given}. An option that only another command with
   * {@code --config} takes is left out, so that the file of a training can be used for more.
   */
  private List<String> arguments(
      Path file, CommandLine command, CommandLine commands, List<String> given) {
    Set<String> known = new TreeSet<>();
    for (CommandLine other : commands.getSubcommands().values()) {
      if (takes(other, "config")) {
        other.getCommandSpec().options().forEach(o -> known.add(o.longestName().substring(2)));
      }
    }
    known.removeAll(NOT_IN_A_FILE);
    Set<String> givenOptions = givenOptions(given);
    Set<String> givenSettings = givenSettings(given, givenOptions);
    List<String> arguments = new ArrayList<>();
    options.forEach(
        (name, value) -> {
          if (!known.contains(name)) {
            throw new DataException(
                file
                    + ": unknown option \""
                    + name
                    + "\""
                    + Nearest.hint(name, known)
                    + "; known: "
                    + String.join(", ", known));
          }
          boolean isGiven = givenOptions.contains(name) || givenSettings.contains(name);
          if (takes(command, name) && !isGiven) {
            arguments.add("--" + name + "=" + value);
          }
        });
    settings.forEach(
        (key, value) -> {
          if (!givenSettings.contains(key)) {
            arguments.add(SET + "=" + key + "=" + value);
          }
        });
    return arguments;
  }

  private static Set<String> givenOptions(List<String> arguments) {
    Set<String> names = new TreeSet<>();
    for (String argument : arguments) {
      if (argument.startsWith("--")) {
        names.add(argument.substring(2).split("=", 2)[0]);
      }
    }
    return names;
  }

  private static Set<String> givenSettings(List<String> arguments, Set<String> givenOptions) {
    Set<String> keys = new TreeSet<>(ModelOptions.SHORT);
    keys.retainAll(givenOptions);
    for (int a = 0; a < arguments.size(); a++) {
      String argument = arguments.get(a);
      if (argument.startsWith(SET + "=")) {
        keys.add(key(after(argument, '=')));
      } else if (argument.equals(SET) && a + 1 < arguments.size()) {
        keys.add(key(arguments.get(a + 1)));
      }
    }
    return keys;
  }

  private static String key(String assignment) {
    return assignment.split("=", 2)[0].strip();
  }

  public static ConfigFile read(Path file) {
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
      throw new DataException(
          file
              + ": expected the sections options and settings, found "
              + (content == null ? "an empty file" : content));
    }
    ConfigFile config = new ConfigFile(new LinkedHashMap<>(), new LinkedHashMap<>());
    for (Map.Entry<?, ?> section : sections.entrySet()) {
      String name = String.valueOf(section.getKey());
      boolean isOptions = name.equals("options");
      if (!isOptions && !name.equals("settings")) {
        throw new DataException(
            file + ": expected the sections options and settings, found \"" + name + "\"");
      }
      Map<String, String> target = isOptions ? config.options : config.settings;
      if (section.getValue() instanceof Map<?, ?> entries) {
        entries.forEach(
            (key, value) -> target.put(String.valueOf(key), argument(file, key, value, isOptions)));
      } else if (section.getValue() != null) {
        throw new DataException(
            file + ": " + name + ": expected keys and values, found " + section.getValue());
      }
    }
    return config;
  }

  /** A value as it would stand on the command line. */
  private static String argument(Path file, Object key, Object value, boolean isOption) {
    boolean nested =
        value instanceof List<?> list
            ? list.stream().anyMatch(e -> e instanceof List || e instanceof Map)
            : value instanceof Map;
    if (nested || (isOption && value == null)) {
      throw new DataException(
          file + ": " + key + ": expected one value or a flat list, found " + value);
    }
    return isOption && value instanceof List<?> list
        ? String.join(",", list.stream().map(String::valueOf).toList())
        : String.valueOf(value);
  }
}
