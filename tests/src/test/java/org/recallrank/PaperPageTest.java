package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recallrank.cli.CommandLineRun;
import org.recallrank.cli.experiment.Plan;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.Settings.Setting;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.training.train.KnownSettings;
import org.recallrank.training.train.TrainingSpec;

/** What {@code docs/PAPER.md} names exists. */
class PaperPageTest {
  private static final Path ROOT = Path.of("..");

  /** Whole names in code font, by what they look like. */
  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

  private static final List<String> names = new ArrayList<>();

  @BeforeAll
  static void read() throws IOException {
    Matcher code = CODE.matcher(Files.readString(ROOT.resolve("docs/PAPER.md")));
    while (code.find()) {
      names.add(code.group(1));
    }
    assertThat(names).hasSizeGreaterThan(50);
  }

  private static List<String> like(String pattern) {
    List<String> matching = names.stream().filter(n -> n.matches(pattern)).distinct().toList();
    assertThat(matching).isNotEmpty();
    return matching;
  }

  @Test
  void everyClassIsThere() throws IOException {
    Set<String> classes = new HashSet<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      files
          .filter(f -> f.toString().contains("/src/") && f.toString().endsWith(".java"))
          .forEach(f -> classes.add(f.getFileName().toString().replace(".java", "")));
    }
    for (String name : like("[A-Z]\\w*[a-z]\\w*(\\.\\w+)*")) {
      assertThat(classes).contains(name.split("\\.")[0]);
    }
  }

  @Test
  void everyCommandIsThere() {
    List<String> help = new ArrayList<>();
    for (String name : like("recallrank .*")) {
      String[] words = name.split(" ");
      if (words[1].equals("bench")) { // of the launcher, which starts another jar
        continue;
      }
      assertThat(CommandLineRun.of(words[1], "--help").exitCode()).as(name).isZero();
      if (words[1].equals("experiment")) {
        help.add(words[2]);
      }
    }
    List<String> experiments = new ArrayList<>(Plan.names());
    experiments.add("scale");
    assertThat(help).containsExactlyInAnyOrderElementsOf(experiments);
  }

  @Test
  void everySettingIsThere() {
    Set<String> known = new HashSet<>();
    Stream.concat(
            Enrichers.names().stream().flatMap(e -> KnownSettings.ofEnricher(e).stream()),
            KnownSettings.ofTraining().stream())
        .map(Setting::key)
        .forEach(known::add);
    for (String name : like("[a-z]+(_[a-z]+)+(=\\S+)?")) {
      String[] setting = name.split("=");
      assertThat(known).contains(setting[0]);
      if (setting.length == 2) {
        String enricher = setting[0].startsWith("cim") ? "cim" : "rar";
        TrainingSpec.of("dcnv2", enricher, new Settings(Map.of(setting[0], setting[1])));
      }
    }
  }
}
