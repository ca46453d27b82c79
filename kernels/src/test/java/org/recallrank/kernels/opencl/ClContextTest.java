package org.recallrank.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.Device;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;

class ClContextTest {
  @BeforeEach
  void needsADevice() {
    assumeTrue(OpenClOnTrial.hasDevice(), "no OpenCL device");
  }

  private static Kernels kernels(Workers workers, ClContext context) {
    workers.onClose(context::close);
    return OpenClOnTrial.create(workers, context);
  }

  private static float[] floats(int n) {
    float[] x = new float[n];
    Random random = new Random(n);
    for (int i = 0; i < n; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    return x;
  }

  @Test
  void closingTheWorkersReleasesEveryHandle() {
    ClContext context = OpenClOnTrial.context();
    assertThat(context.liveHandles()).as("context and queue").isEqualTo(2);
    Kernels kernels;
    try (Workers workers = Workers.create(1)) {
      kernels = kernels(workers, context);
      float[] x = floats(64 * 64);
      Matrix square = Matrix.of(x, 64, 64);
      kernels.matMul().gemm(square, square, Matrix.of(x.clone(), 64, 64));
      kernels
          .hamming()
          .distances(BitMatrix.of(new long[1], 1), BitMatrix.of(new long[9], 1), new int[9], 0);
      kernels.device().keep(x, 1);
      kernels.device().startProfile();
      DenseStackKernel.Layer layer =
          new DenseStackKernel.Layer(square, new Vec(x, 0, 64), Activation.RELU);
      Matrix y = Matrix.of(x.clone(), 64, 64);
      kernels.denseStack().forward(List.of(layer), square, y, true); // never closed
      assertThat(context.liveHandles()).isGreaterThan(10);
    }
    assertThat(context.liveHandles()).isZero();
    Matrix c = Matrix.of(new float[1], 1, 1);
    assertThatThrownBy(() -> kernels.matMul().gemm(c, c, c))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("context is closed");
  }

  @Test
  void aBufferOverTheDevicesLimitIsRefusedBeforeItIsTried() {
    try (ClContext context = OpenClOnTrial.context()) {
      long limit = context.device().maxAllocation();
      int before = context.liveHandles();
      assertThatThrownBy(() -> context.allocate(limit + 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(limit + 1 + " bytes")
          .hasMessageContaining("at most " + limit);
      assertThat(context.liveHandles()).isEqualTo(before);
    }
  }

  @Test
  void aFailedBuildShowsTheCompilersLogAndLeavesNothing() {
    try (ClContext context = OpenClOnTrial.context()) {
      int before = context.liveHandles();
      assertThatThrownBy(
              () -> context.build("broken.cl", "__kernel void f() { undeclared = 1; }", ""))
          .isInstanceOf(ClException.class)
          .hasMessageContaining("building broken.cl")
          .hasMessageContaining("undeclared")
          .hasMessageContaining("CL_BUILD_PROGRAM_FAILURE");
      assertThat(context.liveHandles()).isEqualTo(before);
    }
  }

  @Test
  void everyFileCompilesAlone() {
    try (ClContext context = OpenClOnTrial.context()) {
      for (String[] each :
          new String[][] {
            {"gemm.cl", "gemm_direct"},
            {"simhash.cl", "encode"},
            {"hamming.cl", "distances"},
            {"co_interaction.cl", "forward"},
            {"dense.cl", "column_sums"}
          }) {
        assertThat(context.kernel(each[0], "", each[1])).isNotNull();
      }
    }
  }

  @Test
  void whatIsKeptGoesUpOnceForEachVersion() {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = kernels(workers, OpenClOnTrial.context());
      Device device = kernels.device();
      long[] pool = new long[1000];
      int[] out = new int[1000];
      BitMatrix ones = BitMatrix.of(new long[] {-1}, 1);
      device.keep(pool, 1);
      device.startProfile();
      for (int call = 0; call < 3; call++) {
        device.keep(pool, 1);
        kernels.hamming().distances(ones, BitMatrix.of(pool, 1), out, 0);
      }
      assertThat(uploaded(device)).isEqualTo(8000 + 3 * 8);
      assertThat(out).containsOnly(64);
      pool[7] = -1;
      device.keep(pool, 2);
      kernels.hamming().distances(ones, BitMatrix.of(pool, 1), out, 0);
      assertThat(uploaded(device)).isEqualTo(2 * 8000 + 4 * 8);
      assertThat(out[7]).isZero();
      assertThat(device.profile())
          .anySatisfy(
              cost -> {
                assertThat(cost.what()).isEqualTo("distances");
                assertThat(cost.count()).isEqualTo(4);
                assertThat(cost.milliseconds()).isPositive();
              });
      device.startProfile();
      assertThat(device.profile()).isEmpty();
    }
  }

  private static long uploaded(Device device) {
    return device.profile().stream()
        .filter(c -> c.what().equals("upload"))
        .mapToLong(Device.Cost::bytes)
        .sum();
  }

  @Test
  void aDeviceIsChosenByNumberOrPartOfItsName() {
    List<ClDevice> devices = ClDevice.list();
    ClDevice first = devices.get(0);
    assertThat(ClDevice.choose(devices, "0")).isEqualTo(first);
    if (devices.size() == 1) {
      assertThat(ClDevice.choose(devices, null)).isEqualTo(first);
      String part = first.name().substring(1, 6).toUpperCase(java.util.Locale.ROOT);
      assertThat(ClDevice.choose(devices, part)).isEqualTo(first);
    }
    assertThatThrownBy(() -> ClDevice.choose(devices, "99"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no OpenCL device '99'")
        .hasMessageContaining("0 " + first.name());
    List<ClDevice> twins = List.of(first, first);
    assertThatThrownBy(() -> ClDevice.choose(twins, first.name()))
        .hasMessageContaining("fits 2 devices");
    assertThat(first.describe()).contains(first.platformName(), first.name(), "OpenCL", "MiB");
  }
}
