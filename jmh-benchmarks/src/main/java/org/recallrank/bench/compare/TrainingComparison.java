package org.recallrank.bench.compare;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.recallrank.bench.cases.KernelCase.Work;
import org.recallrank.bench.cases.ScratchFolder;
import org.recallrank.bench.peers.Python;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.recall.PoolConfig;
import org.recallrank.training.recall.RecallStage;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.csv.CsvLayout;
import org.recallrank.training.source.csv.CsvSource;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/**
 * Whole training and scoring, rows per second, beside a PyTorch program that does the same: it
 * takes the options {@code --data --model --rar --epochs --dssm-epochs --hash --detach --alpha
 * --reg --out}, the number of threads in the environment variable {@code THREADS}, and appends to
 * the output file a JSON line with {@code infer_rows_per_s} and {@code log[].wall_s}, the seconds
 * of each training epoch.
 *
 * <p>After each of our epochs the program runs, once with one thread and, if ours has several, once
 * with as many; the better figure counts, and of its epochs the faster one.
 */
final class TrainingComparison {
  private static final String GROUP = "Whole training and scoring";
  private static final String PEER = "PyTorch program";

  /** Our name, its name, and whether RAR enriches. */
  private record Pair(String model, String theirs, boolean rar) {
    String title() {
      return model + (rar ? " + rar" : "");
    }
  }

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("ipnn", "PNN", false),
          new Pair("widedeep", "WideDeep", false),
          new Pair("deepfm", "DeepFM", false),
          new Pair("dcnv2", "DCNv2", false),
          new Pair("dcnv2", "DCNv2", true));

  private static final int THEIR_EPOCHS = 2;

  private final Python python;
  private final Path program;
  private final Path data;
  private final int rounds;
  private final Consumer<Row> done;

  /**
   * @param program null if none is given
   * @param data folder of train.csv, valid.csv and test.csv; their first columns are label, user,
   *     item and a third field
   */
  TrainingComparison(Python python, Path program, Path data, int rounds, Consumer<Row> done) {
    this.python = python;
    this.program = program;
    this.data = data;
    this.rounds = rounds;
    this.done = done;
  }

  static List<String> names() {
    return PAIRS.stream()
        .flatMap(p -> Stream.of("train " + p.title(), "score " + p.title()))
        .toList();
  }

  void run(Predicate<String> wanted, int threads, Kernels kernels) {
    List<Pair> pairs =
        PAIRS.stream()
            .filter(p -> wanted.test("train " + p.title()) || wanted.test("score " + p.title()))
            .toList();
    if (pairs.isEmpty()) {
      return;
    }
    if (program == null) {
      done.accept(
          Row.without(
              GROUP,
              null,
              threads,
              PEER,
              "give --pytorch-peer FILE and --data FOLDER to compare whole training"));
      return;
    }
    try (ScratchFolder folder = ScratchFolder.create();
        DatasetFolder dataset =
            new DatasetCache(folder.path().resolve("cache")).open(source(), 1)) {
      for (Pair pair : pairs) {
        compare(pair, threads, kernels, dataset, folder.path());
      }
    }
  }

  private CsvSource source() {
    Map<Split, Path> files = new HashMap<>();
    for (Split split : Split.values()) {
      files.put(split, data.resolve(split.name().toLowerCase(Locale.ROOT) + ".csv"));
    }
    String[] header = header(files.get(Split.TRAIN));
    return CsvSource.ofFiles(
        files, CsvLayout.of(header[0], header[1], header[2]), BadRows.parse("fail"));
  }

  private static String[] header(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      String[] names = lines.findFirst().orElse("").split(",");
      if (names.length != 4) {
        throw new IllegalArgumentException(
            file + ": expected 4 columns (label, user, item, another), found " + names.length);
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void compare(
      Pair pair, int threads, Kernels kernels, DatasetFolder dataset, Path folder) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("epochs", "" + (rounds + 1)); // the first warms up
    settings.put("early_stop_patience", "1000");
    if (pair.rar()) {
      settings.put("dssm_epochs", "1"); // not measured
    }
    TrainingSpec spec =
        TrainingSpec.of(pair.model(), pair.rar() ? "rar" : "none", new Settings(settings));
    RecallData recall = pair.rar() ? recall(spec, kernels, dataset) : null;
    List<EpochReport> ours = new ArrayList<>();
    List<Speed> theirs = new ArrayList<>();
    TrainListener inTurns =
        new TrainListener() {
          @Override
          public void epoch(EpochReport report) {
            if (report.epoch() > 1) {
              ours.add(report);
              theirs.add(better(pair, threads, folder));
            }
          }
        };
    String training = "train " + pair.title();
    String scoring = "score " + pair.title();
    try {
      new Trainer(spec.build(dataset.schema(), recall), spec.train(), kernels)
          .fit(dataset.split(Split.TRAIN), dataset.split(Split.VALID), inTurns);
      long trained = ours.getFirst().rows();
      long scored = ours.getFirst().validation().rows();
      done.accept(
          row(
              training,
              threads,
              trained,
              ours.stream().mapToDouble(EpochReport::seconds).toArray(),
              theirs.stream().mapToDouble(Speed::epochSeconds).toArray()));
      done.accept(
          row(
              scoring,
              threads,
              scored,
              ours.stream().mapToDouble(e -> e.validation().seconds()).toArray(),
              theirs.stream().mapToDouble(s -> scored / s.scoredPerSecond()).toArray()));
    } catch (PeerFailure e) {
      done.accept(Row.without(GROUP, training, threads, PEER, "failed: " + e.getMessage()));
    }
  }

  private static Row row(String name, int threads, long rows, double[] ours, double[] theirs) {
    return Row.measured(
        GROUP, name, threads, PEER, new Work(rows, "rows", 0, 0), new Duel(ours, theirs));
  }

  private static RecallData recall(TrainingSpec spec, Kernels kernels, DatasetFolder dataset) {
    RecallStage stage = new RecallStage(dataset.split(Split.TRAIN));
    Rng rng = new Rng(spec.train().seed()).split("recall");
    RecallVectors vectors = stage.vectors(kernels, spec.dssm(), rng, loss -> {});
    PoolConfig sizes = new PoolConfig(spec.pools().items(), spec.pools().users());
    return stage.nearest(kernels, vectors, sizes);
  }

  /** What one or two runs of the program showed. */
  private record Speed(double epochSeconds, double scoredPerSecond) {
    Speed better(Speed other) {
      return new Speed(
          Math.min(epochSeconds, other.epochSeconds),
          Math.max(scoredPerSecond, other.scoredPerSecond));
    }
  }

  private Speed better(Pair pair, int threads, Path folder) {
    Speed one = runProgram(pair, 1, folder);
    return threads == 1 ? one : one.better(runProgram(pair, threads, folder));
  }

  private Speed runProgram(Pair pair, int threads, Path folder) {
    Path out = folder.resolve("peer.jsonl");
    Path log = folder.resolve("peer.log");
    List<String> command =
        List.of(
            python.program(),
            program.toAbsolutePath().toString(),
            "--data",
            data.toAbsolutePath().toString(),
            "--model",
            pair.theirs(),
            "--rar",
            pair.rar() ? "1" : "0",
            "--epochs",
            "" + THEIR_EPOCHS,
            "--dssm-epochs",
            "1",
            "--hash",
            "dssm",
            "--detach",
            "1",
            "--alpha",
            "0.5",
            "--reg",
            "0.1",
            "--out",
            out.toString());
    try {
      Files.deleteIfExists(out);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().put("THREADS", "" + threads);
      builder.environment().put("OMP_NUM_THREADS", "" + threads);
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      Process process = builder.start();
      try {
        if (process.waitFor() != 0) {
          String[] lines = Files.readString(log, StandardCharsets.UTF_8).strip().split("\n");
          throw new PeerFailure(program + ": " + lines[lines.length - 1]);
        }
      } finally {
        process.destroy();
      }
      JsonObject result = JsonParser.parseString(Files.readString(out)).getAsJsonObject();
      double seconds = Double.POSITIVE_INFINITY;
      for (JsonElement epoch : result.getAsJsonArray("log")) {
        seconds = Math.min(seconds, epoch.getAsJsonObject().get("wall_s").getAsDouble());
      }
      return new Speed(seconds, result.get("infer_rows_per_s").getAsDouble());
    } catch (IOException | JsonParseException e) {
      throw new PeerFailure(program + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerFailure("interrupted");
    }
  }

  private static final class PeerFailure extends RuntimeException {
    PeerFailure(String message) {
      super(message);
    }
  }
}
