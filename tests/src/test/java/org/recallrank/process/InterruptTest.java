package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training that is interrupted before it has a model leaves nothing that is in the way. */
class InterruptTest {
  @TempDir private Path folder;

  @Test
  @Timeout(120)
  void beforeTheFirstEvaluationTheFolderGoes() throws Exception {
    Path run = folder.resolve("runs/a");
    Path said = folder.resolve("said.txt");
    Process training =
        train(
            said,
            "--rows=20000",
            "--kernels=scalar",
            "--set=hidden_units=[1000,1000]", // an epoch takes many seconds
            "--set=batch_size=2",
            "--out=" + run);
    try {
      while (training.isAlive() && !Files.isDirectory(run)) {
        Thread.sleep(20);
      }
      assertThat(training.isAlive()).as(() -> text(said)).isTrue();
      training.destroy();
      assertThat(training.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      training.destroyForcibly();
    }
    assertThat(text(said)).contains("interrupted before the first evaluation");
    assertThat(folder.resolve("runs")).doesNotExist();
    assertThat(List.of(folder.toFile().list())).contains("cache");
  }

  /** An encoded data set appears in the cache whole or not at all. */
  @Test
  @Timeout(120)
  void whileDataAreEncodedNothingIsLeftOfThem() throws Exception {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Process training =
        train(
            folder.resolve("said.txt"),
            "--rows=2000000", // some seconds of writing
            "--out=" + folder.resolve("run"));
    try {
      Set<String> begun = Set.of();
      while (training.isAlive() && begun.isEmpty()) {
        Thread.sleep(20);
        begun = Set.of(cache.toFile().list());
      }
      assertThat(begun).allMatch(name -> name.startsWith(".") && name.endsWith(".tmp"));
      training.destroy();
      assertThat(training.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      training.destroyForcibly();
    }
    assertThat(cache).isEmptyDirectory();
  }

  private Process train(Path said, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                JvmRunner.javaProgram(),
                "-cp",
                JvmRunner.ownClassPath(),
                "org.recallrank.cli.Main",
                "train",
                "--format=world",
                "--cache=" + folder.resolve("cache"),
                "--model=deepfm",
                "--quiet"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
