package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands from files to results, as a user calls them. */
class EndToEndTest {
  @TempDir private Path folder;
  private Path train;
  private Path valid;
  private Path test;

  /**
   * Half of the items are liked, by users of one half a little more: so there is something to
   * learn.
   */
  @BeforeEach
  void writeData() throws IOException {
    Random random = new Random(5);
    train = write("train.csv", 3000, random);
    valid = write("valid.csv", 600, random);
    test = write("test.csv", 600, random);
  }

  private Path write(String name, int rows, Random random) throws IOException {
    StringBuilder csv = new StringBuilder("label,user_id,item_id,hour\n");
    for (int i = 0; i < rows; i++) {
      int user = random.nextInt(60);
      int item = random.nextInt(40);
      double p = (item % 2 == 0 ? 0.7 : 0.1) + (user % 2 == 0 ? 0.2 : 0);
      csv.append(
          String.format(
              Locale.ROOT,
              "%d,u%d,i%d,%d\n",
              random.nextDouble() < p ? 1 : 0,
              user,
              item,
              random.nextInt(24)));
    }
    return Files.writeString(folder.resolve(name), csv);
  }

  private String[] command(String enrich) {
    return new String[] {
      "train",
      "--train=" + train,
      "--valid=" + valid,
      "--test=" + test,
      "--user=user_id",
      "--item=item_id",
      "--cache=" + folder.resolve("cache"),
      "--model=DCN-V2",
      "--enrich=" + enrich,
      "--set=embedding_std=0.1",
      "--set=embedding_regularizer=0.001",
      "--set=batch_size=128",
      "--set=learning_rate=0.01",
      "--set=parallel_dnn_hidden_units=16,16",
      "--set=num_cross_layers=2",
      "--epochs=3",
      "--quiet"
    };
  }

  private String[] cimCommand() {
    return with(
        command("cim"),
        "--set=pool_items=12",
        "--set=pool_users=10",
        "--set=cim_score_units=16,8",
        "--set=dssm_epochs=3",
        "--set=dssm_dim=8",
        "--set=dssm_hidden_units=8");
  }

  private String[] frNetCommand() {
    return with(command("frnet"), "--set=frnet_hidden_units=16");
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
  }

  private String[] rarCommand() {
    return with(
        command("rar"),
        "--set=pool_items=12",
        "--set=pool_users=10",
        "--set=rar_look_alikes=4",
        "--set=rar_recall_items=6",
        "--set=dssm_epochs=3",
        "--set=dssm_dim=8",
        "--set=dssm_hidden_units=8");
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  /** Training takes the recall items of folds; whatever is scored does not. */
  @Test
  void foldsOfTheRecallStageMakeOtherModels() throws IOException {
    for (String[] command : List.of(rarCommand(), cimCommand())) {
      String name = "folds-" + command.length;
      Path without = folder.resolve(name + "-none");
      Path with = folder.resolve(name);
      String[] folds = with(command, "--set=recall_folds=3");
      assertThat(CommandLineRun.of(command, "--out=" + without).exitCode()).isZero();
      assertThat(CommandLineRun.of(folds, "--out=" + with).exitCode()).isZero();
      assertThat(with.resolve("recall.safetensors"))
          .as("nothing of the folds is saved")
          .hasSameBinaryContentAs(without.resolve("recall.safetensors"));
      assertThat(Files.readAllBytes(with.resolve("model.safetensors")))
          .isNotEqualTo(Files.readAllBytes(without.resolve("model.safetensors")));
    }
  }

  @Test
  void trainsEvaluatesAndPredicts() throws IOException {
    Map<String, String[]> commands =
        Map.of(
            "none",
            command("none"),
            "frnet",
            frNetCommand(),
            "cim",
            cimCommand(),
            "rar",
            rarCommand());
    for (String enrich : commands.keySet()) {
      Path run = folder.resolve("run-" + enrich);
      CommandLineRun trained = CommandLineRun.of(commands.get(enrich), "--out=" + run);
      assertThat(trained.exitCode()).as(trained.err()).isZero();
      assertThat(run)
          .isDirectoryContaining("glob:**/config.yaml")
          .isDirectoryContaining("glob:**/model.safetensors")
          .isDirectoryContaining("glob:**/log.csv");
      assertThat(Files.readString(run.resolve("config.yaml"))).contains("model: dcnv2");
      JsonObject metrics = json(run.resolve("metrics.json"));
      JsonObject tested = metrics.getAsJsonObject("test");
      assertThat(tested.get("auc").getAsDouble()).isGreaterThan(0.7);
      for (String split : List.of("valid", "test")) {
        assertThat(metrics.getAsJsonObject(split).keySet()).contains("auc", "gauc", "logloss");
      }
      assertThat(metrics.getAsJsonObject("train").keySet())
          .contains("rowsPerSecond", "secondsPerEpoch", "epochs", "kernels", "threads");
      assertThat(metrics.getAsJsonObject("inference").get("rowsPerSecond").getAsDouble())
          .isPositive();
      assertThat(Files.readAllLines(run.resolve("log.csv")))
          .hasSize(1 + metrics.getAsJsonObject("train").get("epochs").getAsInt());

      CommandLineRun evaluated =
          CommandLineRun.of("evaluate", "--run=" + run, "--data=" + test, "--json");
      assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
      JsonObject again = JsonParser.parseString(evaluated.out()).getAsJsonObject();
      for (String metric : List.of("auc", "gauc", "logloss")) {
        // The frozen model differs in the last bits from the one that was trained.
        assertThat(again.get(metric).getAsDouble())
            .as(enrich + " " + metric)
            .isCloseTo(tested.get(metric).getAsDouble(), within(1e-6));
      }

      Path scores = folder.resolve("scores-" + enrich + ".csv");
      CommandLineRun predicted =
          CommandLineRun.of("predict", "--run=" + run, "--data=" + test, "--out=" + scores);
      assertThat(predicted.exitCode()).as(predicted.err()).isZero();
      List<String> lines = Files.readAllLines(scores);
      assertThat(lines).hasSize(601).first().isEqualTo("row,probability");
      assertThat(lines.subList(1, 601))
          .allSatisfy(
              line -> assertThat(Double.parseDouble(line.split(",")[1])).isBetween(0.0, 1.0));
    }
  }

  @Test
  void givesTheSameBytesForEveryNumberOfThreadsAndFromTheConfigOfARun() throws IOException {
    Path first = folder.resolve("first");
    byte[] expected = null;
    for (String threads : List.of("1", "2", "5")) {
      Path run = folder.resolve("threads-" + threads);
      CommandLineRun trained =
          CommandLineRun.of(rarCommand(), "--out=" + run, "--threads=" + threads);
      assertThat(trained.exitCode()).as(trained.err()).isZero();
      byte[] model = Files.readAllBytes(run.resolve("model.safetensors"));
      expected = expected == null ? model : expected;
      assertThat(model).as(threads + " threads").isEqualTo(expected);
      first = run;
    }
    Path again = folder.resolve("again");
    CommandLineRun repeated =
        CommandLineRun.of(
            "train", "--config", first.resolve("config.yaml").toString(), "--out=" + again);
    assertThat(repeated.exitCode()).as(repeated.err()).isZero();
    assertThat(Files.readAllBytes(again.resolve("model.safetensors"))).isEqualTo(expected);
  }

  @Test
  void scoresRowsWithoutLabelsAndOfStrangers() throws IOException {
    Path run = folder.resolve("run");
    assertThat(CommandLineRun.of(rarCommand(), "--out=" + run).exitCode()).isZero();
    Path strangers =
        Files.writeString(
            folder.resolve("strangers.csv"), "user_id,item_id,hour\nnobody,nothing,99\nu1,i1,3\n");
    Path scores = folder.resolve("scores.csv");
    CommandLineRun predicted =
        CommandLineRun.of("predict", "--run=" + run, "--data=" + strangers, "--out=" + scores);
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    assertThat(Files.readAllLines(scores)).hasSize(3);
  }

  @Test
  void takesThePoolsOfAnotherRecallStage() throws IOException {
    StringBuilder items = new StringBuilder("user,item,score\n");
    StringBuilder users = new StringBuilder("user,other,score\n");
    for (int u = 0; u < 60; u++) {
      for (int k = 1; k <= 12; k++) {
        items.append(String.format("u%d,i%d,%d%n", u, (u + 2 * k) % 40, 100 - k));
        users.append(String.format("u%d,u%d,%d%n", u, (u + 2 * k) % 60, 100 - k));
      }
    }
    Path poolItems = Files.writeString(folder.resolve("pool-items.csv"), items);
    Path poolUsers = Files.writeString(folder.resolve("pool-users.csv"), users);
    for (String[] command :
        List.of(with(rarCommand(), "--set=rar_hash_source=model"), cimCommand())) {
      Path run = folder.resolve("run-" + command.length);
      CommandLineRun trained =
          CommandLineRun.of(
              command, "--out=" + run, "--pool-items=" + poolItems, "--pool-users=" + poolUsers);
      assertThat(trained.exitCode()).as(trained.err()).isZero();
      assertThat(
              CommandLineRun.of("evaluate", "--run=" + run, "--data=" + test, "--json").exitCode())
          .isZero();
    }
  }

  /** The world brings its own pools, so no recall model is trained where none is needed. */
  @Test
  void everyEnricherLearnsTheGeneratedWorld() throws IOException {
    for (String enrich : List.of("none", "frnet", "cim", "rar")) {
      Path run = folder.resolve("world-" + enrich);
      String[] command = {
        "train",
        "--format=world",
        "--rows=4000",
        "--cache=" + folder.resolve("cache"),
        "--model=dcnv2",
        "--enrich=" + enrich,
        "--set=batch_size=256",
        "--set=embedding_regularizer=0.01",
        "--set=parallel_dnn_hidden_units=16,16",
        "--set=num_cross_layers=1",
        "--epochs=3",
        "--out=" + run
      };
      boolean recall = enrich.equals("cim") || enrich.equals("rar");
      CommandLineRun trained =
          CommandLineRun.of(
              recall ? with(command, "--set=pool_items=30", "--set=pool_users=20") : command);
      assertThat(trained.exitCode()).as(trained.err()).isZero();
      assertThat(trained.err().contains("DSSM")).isEqualTo(enrich.equals("rar"));
      List<String> log = Files.readAllLines(run.resolve("log.csv"));
      int column = List.of(log.get(0).split(",")).indexOf("click_loss");
      assertThat(Double.parseDouble(log.get(3).split(",")[column]))
          .as("click loss of %s in epoch 3, %s", enrich, log)
          .isLessThan(Double.parseDouble(log.get(1).split(",")[column]));
    }
  }

  @Test
  void infoNamesEveryBackendWithAReason() {
    CommandLineRun info = CommandLineRun.of("info", "--json");
    assertThat(info.exitCode()).isZero();
    JsonParser.parseString(info.out())
        .getAsJsonObject()
        .getAsJsonArray("backends")
        .forEach(b -> assertThat(b.getAsJsonObject().get("detail").getAsString()).isNotBlank());
    assertThat(info.out()).contains("scalar").contains("simd");
  }
}
