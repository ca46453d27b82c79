package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmRunnerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static ProcessRunner.Result probe(List<String> flags, Duration limit, String... arguments)
      throws Exception {
    return JvmRunner.run(
        JvmRunner.ownClassPath(), flags, Probe.class.getName(), List.of(arguments), limit);
  }

  @Test
  void givesExitCodeAndBothStreams() throws Exception {
    ProcessRunner.Result result = probe(List.of(), LIMIT, "fail");
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.stdout()).isEmpty();
    assertThat(result.stderr()).isEqualToNormalizingNewlines("first line\nno newline at the end");
  }

  @Test
  void passesFlagsAndArguments() throws Exception {
    ProcessRunner.Result result = probe(List.of("-Dprobe.flag=on"), LIMIT, "a b", "*");
    assertThat(result.exitCode()).isZero();
    assertThat(result.stdout()).contains("arguments=[a b, *]", "probe.flag=on");
    assertThat(result.stderr()).isEmpty();
  }

  @Test
  void endsWhatTakesTooLong() {
    assertThatThrownBy(() -> probe(List.of(), Duration.ofMillis(300), "sleep"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("still running after PT0.3S");
  }

  /** The house works in a JVM that has no Vector API: the scalar backend computes. */
  @Test
  void computesWithoutTheIncubatorModule() throws Exception {
    ProcessRunner.Result result = probe(List.of(), LIMIT, "backend");
    assertThat(result.stderr()).doesNotContain("Exception");
    assertThat(result.stdout().strip()).isEqualTo("scalar 41.0 incubator=false");
    assertThat(result.exitCode()).isZero();
  }
}
