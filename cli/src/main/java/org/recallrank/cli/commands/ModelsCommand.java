package org.recallrank.cli.commands;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings.Setting;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.model.files.Json;
import org.recallrank.training.train.KnownSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recallrank models}: what there is and what can be set. */
@Command(
    name = "models",
    description = "Lists the models, the enrichers and their settings (train --set KEY=VALUE).",
    mixinStandardHelpOptions = true)
public final class ModelsCommand implements Callable<Integer> {
  private static final String TRAINING = "training";
  private static final int WIDTH = 100;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "one model or enricher, or training; default: all")
  private String name;

  @Option(names = "--json", description = "for machines")
  private boolean json;

  /** A model, an enricher or training, with its settings. */
  private record Section(String kind, String name, List<Setting> settings) {}

  @Override
  public Integer call() {
    List<Section> sections = new ArrayList<>();
    for (String model : BaseModels.names()) {
      sections.add(new Section("model", model, KnownSettings.ofModel(model)));
    }
    for (String enricher : Enrichers.names()) {
      sections.add(new Section("enricher", enricher, KnownSettings.ofEnricher(enricher)));
    }
    sections.add(new Section(TRAINING, TRAINING, KnownSettings.ofTraining()));
    if (name != null) {
      List<String> known = sections.stream().map(Section::name).toList();
      sections.removeIf(section -> !section.name.equals(name));
      if (sections.isEmpty()) {
        throw new SettingsException(
            "unknown model or enricher \""
                + name
                + "\""
                + Nearest.hint(name, known)
                + "; known: "
                + String.join(", ", known));
      }
    }
    if (json) {
      System.out.print(Json.pretty(json(sections)));
    } else {
      print(sections);
    }
    return 0;
  }

  private static void print(List<Section> sections) {
    int keys = width(sections, Setting::key);
    int defaults = width(sections, Setting::defaultValue);
    String form = "  %-" + keys + "s  %-" + defaults + "s  ";
    String indent = " ".repeat(keys + defaults + 6);
    for (Section section : sections) {
      System.out.println(
          section.name.equals(TRAINING)
              ? "training of every model"
              : section.kind + " " + section.name);
      for (Setting s : section.settings) {
        System.out.print(form.formatted(s.key(), s.defaultValue()));
        String text = s.explanation() + " (" + s.allowed() + ")";
        System.out.println(wrapped(text, WIDTH - indent.length(), "\n" + indent));
      }
      System.out.println();
    }
  }

  private static int width(List<Section> sections, Function<Setting, String> column) {
    return sections.stream()
        .flatMap(section -> section.settings.stream())
        .mapToInt(setting -> column.apply(setting).length())
        .max()
        .orElse(1);
  }

  /** The words in lines of at most {@code width} characters. */
  private static String wrapped(String text, int width, String separator) {
    StringBuilder lines = new StringBuilder();
    int used = 0;
    for (String word : text.split(" ")) {
      boolean fits = used + 1 + word.length() <= width;
      lines.append(used == 0 ? "" : fits ? " " : separator).append(word);
      used = used > 0 && fits ? used + 1 + word.length() : word.length();
    }
    return lines.toString();
  }

  private static JsonArray json(List<Section> sections) {
    JsonArray result = new JsonArray();
    for (Section section : sections) {
      JsonArray settings = new JsonArray();
      for (Setting s : section.settings) {
        JsonObject setting = new JsonObject();
        setting.addProperty("key", s.key());
        setting.addProperty("default", s.defaultValue());
        setting.addProperty("allowed", s.allowed());
        setting.addProperty("explanation", s.explanation());
        settings.add(setting);
      }
      JsonObject one = new JsonObject();
      one.addProperty("kind", section.kind);
      one.addProperty("name", section.name);
      one.add("settings", settings);
      result.add(one);
    }
    return result;
  }
}
