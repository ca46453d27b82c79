package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.cli.CommandLineRun;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.config.Settings;
import org.recallrank.model.io.DataException;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.training.TrainingJob;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.csv.CsvLayout;
import org.recallrank.training.source.csv.CsvSource;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.TrainingSpec;

/** A training in Java is the one of the command line, byte for byte. */
class TrainingJobTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "seed", "7",
          "epochs", "2",
          "batch_size", "128",
          "parallel_dnn_hidden_units", "16",
          "pool_items", "12",
          "pool_users", "10",
          "rar_look_alikes", "4",
          "rar_recall_items", "6",
          "dssm_epochs", "2",
          "dssm_dim", "8");

  @TempDir private Path folder;
  private final Map<Split, Path> files = new EnumMap<>(Split.class);

  @BeforeEach
  void writeRows() throws IOException {
    Random random = new Random(3);
    for (Split split : Split.values()) {
      StringBuilder csv = new StringBuilder("click,user_id,item_id,hour\n");
      for (int i = 0; i < 700; i++) {
        int item = random.nextInt(30);
        csv.append(random.nextInt(30) < item ? 1 : 0)
            .append(",u")
            .append(random.nextInt(40))
            .append(",i")
            .append(item)
            .append(',')
            .append(random.nextInt(24))
            .append('\n');
      }
      files.put(split, Files.writeString(folder.resolve(split.label() + ".csv"), csv));
    }
  }

  private DataSource source() {
    return CsvSource.ofFiles(files, CsvLayout.of("click", "user_id", "item_id"), BadRows.FAIL);
  }

  private static TrainingSpec spec() {
    return TrainingSpec.of("dcnv2", "rar", new Settings(SETTINGS));
  }

  private TrainingJob job() {
    return new TrainingJob(source(), spec())
        .label("click")
        .cache(new DatasetCache(folder.resolve("cache")));
  }

  private TrainingJob.Outcome run(TrainingJob job, Path out) {
    try (Workers workers = Workers.create(2)) {
      Kernels kernels = new KernelSelector().select(null, workers).kernels();
      return job.run(kernels, out, false);
    }
  }

  @Test
  void writesWhatTheCommandLineWrites() throws IOException {
    Path byJava = folder.resolve("java");
    TrainingJob.Outcome outcome = run(job(), byJava);

    Path byCommand = folder.resolve("command");
    List<String> command =
        new ArrayList<>(
            List.of("train", "--label=click", "--user=user_id", "--item=item_id", "--quiet"));
    files.forEach((split, file) -> command.add("--" + split.label() + "=" + file));
    command.addAll(
        List.of(
            "--model=dcnv2",
            "--enrich=rar",
            "--threads=2",
            "--out=" + byCommand,
            "--cache=" + folder.resolve("other-cache")));
    new TreeMap<>(SETTINGS).forEach((key, value) -> command.add("--set=" + key + "=" + value));
    CommandLineRun run = CommandLineRun.of(command.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();

    for (String file : List.of("model.safetensors", "recall.safetensors", "schema.json")) {
      assertThat(byJava.resolve(file)).hasSameBinaryContentAs(byCommand.resolve(file));
    }
    assertThat(byJava.resolve("config.yaml")).doesNotExist();
    assertThat(outcome.folder()).isEqualTo(byJava);
    assertThat(outcome.test().auc()).isBetween(0.6, 1.0);
    assertThat(SavedModel.load(byJava).label()).isEqualTo("click");
  }

  @Test
  void saysWhatTheConfigurationAndTheOptionsWere() throws IOException {
    Path out = folder.resolve("run");
    run(job().config("settings: {}\n").options(Map.of("format", "csv")), out);
    assertThat(out.resolve("config.yaml")).hasContent("settings: {}");
    assertThat(Files.readString(out.resolve("metrics.json"))).contains("\"format\": \"csv\"");
  }

  @Test
  void doesNotReplaceARunUnasked() {
    Path out = folder.resolve("run");
    run(job(), out);
    assertThatThrownBy(() -> run(job(), out))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds a run already");
  }

  @Test
  void leavesNothingIfItFailsBeforeThereIsAModel() {
    Path out = folder.resolve("run");
    TrainListener failing =
        new TrainListener() {
          @Override
          public void step(int epoch, TrainStep.Report r, long rows, long all) {
            throw new IllegalStateException("as if");
          }
        };
    assertThatThrownBy(() -> run(job().listener(failing), out)).hasMessage("as if");
    assertThat(out).doesNotExist();
  }

  @Test
  void keepsTheBestModelIfItFailsLater() {
    Path out = folder.resolve("run");
    TrainListener failing =
        new TrainListener() {
          @Override
          public void epoch(EpochReport report) {
            throw new IllegalStateException("as if");
          }
        };
    assertThatThrownBy(() -> run(job().listener(failing), out)).hasMessage("as if");
    assertThat(SavedModel.load(out).spec().title()).isEqualTo("dcnv2 + rar");
  }
}
