package org.recallrank.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.KernelSelector.Candidate;
import org.recallrank.kernels.Kernels;

class GpuCommandTest {
  private static final int WRONG_USAGE = 2;

  @TempDir Path folder;

  /** Where one is required, its lack is an error. */
  private static void needsADevice() {
    Candidate opencl =
        new KernelSelector()
            .candidates().stream().filter(c -> c.name().equals("opencl")).findFirst().orElseThrow();
    if (Boolean.parseBoolean(System.getenv("RECALLRANK_REQUIRE_OPENCL"))) {
      assertThat(opencl.available())
          .as("an OpenCL device is required here: %s", opencl.detail())
          .isTrue();
    }
    assumeTrue(opencl.available(), opencl.detail());
  }

  @ParameterizedTest
  @CsvSource({"--only=[", "--pool=5", "--batch=1", "--rows=0", "--threads=0", "--no-such-option"})
  void refusesWrongOptions(String option) {
    Path out = folder.resolve("gpu.json");
    assertThat(GpuCommand.run(option, "--out", out.toString())).isEqualTo(WRONG_USAGE);
    assertThat(out).doesNotExist();
  }

  @Test
  void refusesADeviceThatIsNotThere() {
    needsADevice();
    Path out = folder.resolve("gpu.json");
    assertThat(GpuCommand.run("--device=no such device", "--out", out.toString())).isEqualTo(1);
    assertThat(out).doesNotExist();
  }

  @Test
  void listsTheDevices() {
    needsADevice();
    assertThat(GpuCommand.run("--list")).isZero();
  }

  @Test
  void checksEveryKernelAndMeasuresEverything() throws Exception {
    needsADevice();
    Path out = folder.resolve("gpu.json");
    assertThat(GpuCommand.run("--quick", "--out", out.toString())).isZero();
    JsonObject report = JsonParser.parseString(Files.readString(out)).getAsJsonObject();
    Set<String> kernels = new HashSet<>();
    for (JsonElement check : report.getAsJsonArray("checks")) {
      assertThat(check.getAsJsonObject().get("failure").isJsonNull()).isTrue();
      check.getAsJsonObject().getAsJsonArray("kernels").forEach(k -> kernels.add(k.getAsString()));
    }
    assertThat(kernels)
        .contains("gemm_direct", "add_slices", "relu_gradient", "column_sums", "dropout")
        .contains("moments", "deviation_sums", "normalise", "gradient_sums", "normal_gradient")
        .contains("distances", "nearest_of_lists", "forward", "backward", "encode");
    boolean cpu = report.getAsJsonObject("device").get("cpu").getAsBoolean();
    assertThat(kernels)
        .containsAll(
            cpu
                ? List.of("pack", "gemm_registers", "nearest_by_limit", "merge_by_limit")
                : List.of(
                    "pack_tiles",
                    "gemm_tiles",
                    "nearest_of_pool",
                    "nearest_of_candidates",
                    "sort_nearest"));
    assertThat(report.getAsJsonArray("rows"))
        .extracting(r -> r.getAsJsonObject().get("case").getAsString().split(" ")[0])
        .contains("gemm", "hamming", "co-interaction", "training");
    assertThat(report.getAsJsonArray("rows"))
        .allSatisfy(r -> assertThat(r.getAsJsonObject().get("ratio").getAsDouble()).isPositive());
  }

  /** A case that the device did not touch must not count as checked. */
  @Test
  void workLeftToTheHostIsNoCheck() {
    needsADevice();
    try (DeviceAndHost backends = DeviceAndHost.open(null, 1)) {
      Check check = KernelChecks.check(new DoneByHost(), backends);
      assertThat(check.passed()).isFalse();
      assertThat(check.failure()).contains("no kernel");
    }
  }

  private static final class DoneByHost implements KernelCase {
    @Override
    public String name() {
      return "done by the host";
    }

    @Override
    public Work work() {
      return new Work(1, "things", 0, 0);
    }

    @Override
    public void reset() {}

    @Override
    public Object run(Kernels kernels) {
      return this;
    }

    @Override
    public void compare() {}
  }
}
