package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM without the incubator module and without native access trains and says what it lacks. */
class WithoutIncubatorTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @TempDir private Path folder;

  private ProcessRunner.Result run(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--format=world",
                "--rows=1500",
                "--cache=" + folder.resolve("cache"),
                "--model=dcnv2",
                "--enrich=rar",
                "--set=parallel_dnn_hidden_units=8",
                "--set=pool_items=10",
                "--set=pool_users=8",
                "--set=rar_look_alikes=4",
                "--set=rar_recall_items=5",
                "--set=dssm_epochs=1",
                "--epochs=1",
                "--out=" + folder.resolve("run")));
    arguments.addAll(List.of(more));
    return JvmRunner.run(
        JvmRunner.ownClassPath(), List.of(), "org.recallrank.cli.Main", arguments, LIMIT);
  }

  @Test
  void trainsOnScalarKernels() throws Exception {
    ProcessRunner.Result result = run();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("scalar").contains("--add-modules jdk.incubator.vector");
    assertThat(Files.readString(folder.resolve("run/metrics.json")))
        .contains("\"kernels\": \"scalar\"");
  }

  @Test
  void refusesSimdWithTheFlagThatIsMissing() throws Exception {
    ProcessRunner.Result result = run("--kernels=simd");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.stderr()).contains("--add-modules jdk.incubator.vector");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
