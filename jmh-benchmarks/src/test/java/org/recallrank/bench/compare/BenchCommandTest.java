package org.recallrank.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  private static final int WRONG_USAGE = 2;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "--only=[",
    "--only=nothing-of-this-name",
    "--threads=0",
    "--threads=two",
    "--pytorch-peer=only-one-of-two.py",
    "--jmh=(",
    "--no-such-option"
  })
  void refusesWrongOptions(String option) {
    Path out = folder.resolve("out");
    assertThat(BenchCommand.run(option, "--out", out.toString())).isEqualTo(WRONG_USAGE);
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesAnUnknownBackend() {
    assertThat(
            BenchCommand.run(
                "--kernels=cuda", "--only=EXP", "--out", folder.resolve("out").toString()))
        .isEqualTo(WRONG_USAGE);
  }

  @Test
  void writesJsonAndPage() throws Exception {
    Path out = folder.resolve("out");
    int exit =
        BenchCommand.run(
            "--quick",
            "--no-ceilings",
            "--threads=1",
            "--only=gemm SERVING 1x",
            "--python",
            "/no/such/python",
            "--out",
            out.toString());
    assertThat(exit).isZero();
    assertThat(Files.readString(out.resolve("comparison.json")))
        .contains("\"case\": \"gemm SERVING 1x400x400\"");
    assertThat(Files.readString(out.resolve("index.html"))).contains("gemm SERVING 1x400x400");
  }
}
