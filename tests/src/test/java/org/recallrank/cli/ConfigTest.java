package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration files and settings, right and wrong. */
class ConfigTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeData() throws IOException {
    Files.writeString(
        folder.resolve("data.csv"),
        "label,user,item,price,weight\n1,a,x,1.5,1\n0,b,y,2,2\n1,c,z,0.5,3\n0,a,y,1,4\n");
  }

  private Path config(String settings, String... options) throws IOException {
    return Files.writeString(
        folder.resolve("c.yaml"),
        "options:\n  train: %1$s\n  valid: %1$s\n  cache: %2$s\n  quiet: true\n  model: deepfm\n"
                .formatted(folder.resolve("data.csv"), folder.resolve("cache"))
            + String.join("", List.of(options).stream().map(o -> "  " + o + "\n").toList())
            + "settings:\n  batch_size: 2\n  epochs: 1\n"
            + settings);
  }

  private CommandLineRun train(Path config, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", "--config=" + config, "--out=" + folder.resolve("run"), "--force"));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  private String trained(Path config, String... more) throws IOException {
    CommandLineRun run = train(config, more);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Files.readString(folder.resolve("run/config.yaml"));
  }

  private void fails(Path config, List<String> more, String... expected) {
    CommandLineRun run = train(config, more.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(expected).doesNotContain("\tat ");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void listsInYamlAndInFuxiCtrsSpelling() throws IOException {
    String blockList = "  hidden_units:\n  - 6\n  - 4\n";
    assertThat(trained(config(blockList))).contains("hidden_units: '[6, 4]'");
    assertThat(trained(config("  hidden_units: [6, 4]\n"))).contains("hidden_units: '[6, 4]'");
    assertThat(trained(config("", "numeric: [price, weight]"))).contains("numeric: price,weight");
    assertThat(trained(config(""), "--set", "hidden_units=[6,4]"))
        .contains("hidden_units: '[6,4]'");
    assertThat(trained(config("  hidden_units: null\n"))).contains("hidden_units: 'null'");
  }

  @Test
  void theCommandLineCountsInPlaceOfTheFile() throws IOException {
    Path config = config("  hidden_units: [6]\n  seed: 3\n", "numeric: [price, weight]");
    String text = trained(config, "--set=hidden_units=[5]", "--seed=4", "--numeric=weight");
    assertThat(text).contains("hidden_units: '[5]'", "seed: '4'", "numeric: weight\n");
    assertThat(trained(config, "--set", "seed=5", "--epochs", "2"))
        .contains("seed: '5'", "epochs: '2'", "numeric: price,weight");
  }

  @Test
  void wrongFiles() throws IOException {
    fails(folder.resolve("missing.yaml"), List.of(), "missing.yaml: cannot be read");
    Path empty = Files.writeString(folder.resolve("empty.yaml"), "");
    fails(empty, List.of(), "options and settings, found an empty file");
    fails(Files.writeString(folder.resolve("t.yaml"), "a: [1"), List.of(), "not a YAML file");
    fails(Files.writeString(folder.resolve("t.yaml"), "text"), List.of(), "found text");
    fails(Files.writeString(folder.resolve("t.yaml"), "model: a"), List.of(), "found \"model\"");
    fails(Files.writeString(folder.resolve("t.yaml"), "options: a"), List.of(), "keys and values");
    fails(config(""), List.of("--config=" + empty), "expected one file, found two");
    assertThat(CommandLineRun.of("train", "--config").err()).contains("expected a file");
  }

  @Test
  void wrongKeys() throws IOException {
    fails(config("  learning_rat: 1\n"), List.of(), "did you mean \"learning_rate\"");
    fails(config("", "modle: deepfm"), List.of(), "\"modle\", did you mean \"model\"", "bad-rows");
    fails(config("  epochs: 2\n"), List.of(), "duplicate key epochs");
    fails(config("", "epochs: 2"), List.of(), "epochs: expected one value, found two");
    fails(config(""), List.of("--set=seed=1", "--set=seed=1"), "seed: expected one value");
    fails(config(""), List.of("--set=seed=1", "--seed=2"), "seed: expected one value");
    fails(config(""), List.of("--set=seed"), "--set: expected KEY=VALUE, found \"seed\"");
    fails(config(""), List.of("--threads=1", "--threads=2"), "--threads", "only once");
    fails(config(""), List.of("--set=batch_sise=4"), "did you mean \"batch_size\"");
  }

  @Test
  void wrongValues() throws IOException {
    fails(config("  seed: one\n"), List.of(), "seed: expected a whole number, found \"one\"");
    fails(config("  seed: 1.5\n"), List.of(), "seed: expected a whole number, found \"1.5\"");
    fails(config("  seed: [1, 2]\n"), List.of(), "seed: expected a whole number");
    fails(config("  net_dropout: 1\n"), List.of(), "net_dropout", "0.999");
    fails(config("  batch_norm: 1\n"), List.of(), "batch_norm: expected true or false");
    fails(config("  hidden_units: 4 5\n"), List.of(), "hidden_units: expected positive whole");
    fails(config("  hidden_units: [[4], 5]\n"), List.of(), "flat list, found [[4], 5]");
    fails(config("  hidden_units: {a: 1}\n"), List.of(), "flat list, found {a=1}");
    fails(config("", "label:"), List.of(), "label: expected one value");
    fails(config(""), List.of("--threads=many"), "--threads", "many");
  }

  /** The other commands take no configuration; they name what they do not know too. */
  @Test
  void otherCommands() throws IOException {
    Path config = config("");
    for (String command : List.of("demo", "evaluate", "predict", "export", "models", "info")) {
      CommandLineRun run = CommandLineRun.of(command, "--config=" + config);
      assertThat(run.exitCode()).as(command).isEqualTo(2);
      assertThat(run.err()).as(command).contains("see recallrank " + command + " --help");
      assertThat(run.out()).as(command).isEmpty();
    }
    assertThat(CommandLineRun.of("info", "--jsn").err()).contains("--jsn", "--json");
  }
}
