package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Experiments and tuning on a tiny world. */
class ExperimentTest {
  @TempDir private Path folder;

  private String[] with(String... command) {
    String[] world = {
      "--format=world",
      "--rows=5000",
      "--cache=" + folder.resolve("cache"),
      "--models=dcnv2",
      "--epochs=1",
      "--set=batch_size=512",
      "--set=pool_items=25",
      "--set=pool_users=12",
      "--set=dssm_epochs=1",
      "--set=parallel_dnn_hidden_units=16",
      "--quiet"
    };
    return Stream.concat(Stream.of(command), Stream.of(world)).toArray(String[]::new);
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void cellsAreWhatTrainGivesAndAreNotRepeated() throws IOException {
    Path out = folder.resolve("t2");
    String[] command = with("experiment", "table2", "--seeds=1,2", "--out=" + out);
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("Table 2", "DCN-V2", "Best RelImp", "paired by seed");

    Path cell = out.resolve("cells/dcnv2-_rar-seed2.json");
    CommandLineRun train =
        CommandLineRun.of(
            "train",
            "--format=world",
            "--rows=5000",
            "--cache=" + folder.resolve("cache"),
            "--model=dcnv2",
            "--enrich=rar",
            "--epochs=1",
            "--seed=2",
            "--set=batch_size=512",
            "--set=pool_items=25",
            "--set=pool_users=12",
            "--set=dssm_epochs=1",
            "--set=parallel_dnn_hidden_units=16",
            "--quiet",
            "--out=" + folder.resolve("run"));
    assertThat(train.exitCode()).as(train.err()).isZero();
    assertThat(json(cell).get("test"))
        .isEqualTo(json(folder.resolve("run/metrics.json")).get("test"));

    assertThat(CommandLineRun.of(command).err()).contains("holds an experiment already");

    String kept = Files.readString(out.resolve("cells/dcnv2-raw-seed1.json"));
    Files.delete(cell);
    CommandLineRun resumed = CommandLineRun.of(command, "--resume");
    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(cell).exists();
    assertThat(out.resolve("cells/dcnv2-raw-seed1.json")).hasContent(kept);

    CommandLineRun other = CommandLineRun.of(command, "--resume", "--set=embedding_dim=4");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("another configuration", "embedding_dim was \"10\"");
  }

  @Test
  void cellsTrainedAtOnceAreTheSame() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    CommandLineRun run =
        CommandLineRun.of(with("experiment", "table2", "--seeds=1,2", "--out=" + one));
    assertThat(run.exitCode()).as(run.err()).isZero();
    run =
        CommandLineRun.of(
            with("experiment", "table2", "--seeds=1,2", "--parallel=2", "--out=" + two));
    assertThat(run.exitCode()).as(run.err()).isZero();
    for (String column : List.of("raw", "_frnet", "_cim", "_rar")) {
      for (int seed = 1; seed <= 2; seed++) {
        String cell = "cells/dcnv2-" + column + "-seed" + seed + ".json";
        JsonObject alone = json(one.resolve(cell));
        JsonObject beside = json(two.resolve(cell));
        for (String same : List.of("id", "order", "configuration", "valid", "test", "bestEpoch")) {
          assertThat(beside.get(same)).as(cell + ", " + same).isEqualTo(alone.get(same));
        }
      }
    }
    CommandLineRun timed =
        CommandLineRun.of(
            with("experiment", "table4", "--parallel=2", "--out=" + folder.resolve("x")));
    assertThat(timed.exitCode()).isEqualTo(2);
    assertThat(timed.err()).contains("--parallel: expected 1, as table4 measures time, found 2");
  }

  private void tune(Path out, int parallel) {
    CommandLineRun run =
        CommandLineRun.of(
            with(
                "tune",
                "--enrichers=none,rar",
                "--budget=2",
                "--range=learning_rate=0.001..0.1:log",
                "--range=num_cross_layers=1..3",
                "--parallel=" + parallel,
                "--out=" + out));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void tuningWritesSettingsThatAnExperimentTakes() throws IOException {
    Path out = folder.resolve("tuned");
    tune(out, 1);
    assertThat(out.resolve("dcnv2-none.yaml")).content().contains("learning_rate");
    assertThat(out.resolve("dcnv2-rar.yaml")).exists();
    Path atOnce = folder.resolve("at-once");
    tune(atOnce, 2);
    for (String file : List.of("dcnv2-none.yaml", "dcnv2-rar.yaml")) {
      assertThat(atOnce.resolve(file)).hasSameTextualContentAs(out.resolve(file));
    }
    CommandLineRun taken =
        CommandLineRun.of(
            with(
                "experiment", "table3", "--tuned=" + out, "--out=" + folder.resolve("with-tuned")));
    assertThat(taken.exitCode()).as(taken.err()).isZero();
    assertThat(taken.out()).contains("RAR-aux-wght", "Average RelImp AUC");
    CommandLineRun pair =
        CommandLineRun.of(
            with(
                "experiment",
                "table2",
                "--enrichers=none,rar",
                "--tuned=" + out,
                "--out=" + folder.resolve("pair")));
    assertThat(pair.exitCode()).as(pair.err()).isZero();
    assertThat(pair.out()).contains("+RAR AUC", "paired by seed").doesNotContain("FRNet", "CIM");
    assertThat(json(out.resolve("cells/dcnv2-none_trial_1-seed2024.json")).get("test").isJsonNull())
        .as("test rows are not looked at")
        .isTrue();
  }

  /** A table holds results of the same data, and in a column of the same settings only. */
  @Test
  void resumingDoesNotMixResults() throws IOException {
    Path out = folder.resolve("mixed");
    String[] command = with("experiment", "table2", "--enrichers=none,rar", "--out=" + out);
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    String about = Files.readString(out.resolve("experiment.json"));

    CommandLineRun settings =
        CommandLineRun.of(command, "--resume", "--seeds=5", "--set=learning_rate=0.01");
    assertThat(settings.exitCode()).isEqualTo(2);
    assertThat(settings.err())
        .contains("dcnv2-raw-seed2024.json", "learning_rate was \"0.001\", is \"0.01\"");
    CommandLineRun data =
        CommandLineRun.of(command, "--resume", "--seeds=5", "--min-count=3", "--models=deepfm");
    assertThat(data.exitCode()).isEqualTo(2);
    assertThat(data.err()).contains("dcnv2-raw-seed2024.json", "data was");
    CommandLineRun other =
        CommandLineRun.of(with("experiment", "table3", "--resume", "--out=" + out));
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("expected an experiment table3, found table2");
    assertThat(out.resolve("experiment.json")).hasContent(about);
  }

  @Test
  void allColumnsAreTunedOrNone() {
    CommandLineRun run =
        CommandLineRun.of(
            with(
                "experiment",
                "table2",
                "--tuned=" + folder.resolve("absent"),
                "--out=" + folder.resolve("x")));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("dcnv2-none.yaml: not there", "--enrichers");
  }

  /** A training that diverges is the worst of its search and not the end of it. */
  @Test
  void tuningGoesOnWhereATrainingDiverges() throws IOException {
    Path out = folder.resolve("diverging");
    String[] command =
        with(
            "tune",
            "--set=embedding_std=10",
            "--range=num_cross_layers=60|61", // whose powers of 10 are no floats any more
            "--out=" + out);
    CommandLineRun run = CommandLineRun.of(command, "--budget=2");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(json(out.resolve("cells/dcnv2-none_trial_1-seed2024.json")).has("failed")).isTrue();
    assertThat(out.resolve("dcnv2-none.yaml")).content().contains("num_cross_layers: '5'");
    CommandLineRun fewer = CommandLineRun.of(command, "--resume", "--enrichers=rar", "--budget=1");
    assertThat(fewer.exitCode()).as(fewer.err()).isZero();
    assertThat(fewer.out()).contains("dcnv2-rar").doesNotContain("dcnv2-none");
  }

  @Test
  void unknownNamesAndSettingsAreRefused() {
    CommandLineRun name =
        CommandLineRun.of(with("experiment", "tabel2", "--out=" + folder.resolve("x")));
    assertThat(name.exitCode()).isEqualTo(2);
    assertThat(name.err()).contains("unknown experiment \"tabel2\"", "table2");
    CommandLineRun setting =
        CommandLineRun.of(
            with("experiment", "table2", "--set=rar_alfa=1", "--out=" + folder.resolve("x")));
    assertThat(setting.exitCode()).isEqualTo(2);
    assertThat(setting.err()).contains("rar_alfa", "rar_alpha");
    CommandLineRun absent =
        CommandLineRun.of(
            with("experiment", "table3", "--enrichers=cim", "--out=" + folder.resolve("x")));
    assertThat(absent.exitCode()).isEqualTo(2);
    assertThat(absent.err()).contains("--enrichers: table3 has no column with cim");
  }
}
