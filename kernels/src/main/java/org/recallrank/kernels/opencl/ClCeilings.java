package org.recallrank.kernels.opencl;

import java.util.Arrays;
import org.recallrank.kernels.Device.Ceilings;
import org.recallrank.kernels.Device.Cost;

/** Measures with {@code ceilings.cl} what nothing on a device can exceed, on the device's clock. */
final class ClCeilings {
  private static final String FILE = "ceilings.cl";
  private static final int TRIES = 20;

  /** Bytes of each of the two arrays: far beyond any cache. */
  private static final long COPIED = 256L << 20;

  private static final int ROUNDS = 1024;

  /** Of ceilings.cl. */
  private static final int STEPS = 4;

  private static final int CHAINS = 10;

  /** Work-items per compute unit: a CPU's are whole vectors and run one after the other. */
  private static final int CPU_ITEMS = 256;

  private static final int GPU_ITEMS = 1 << 14;
  private static final int GPU_GROUP = 256;
  private static final int WIDEST = 16;

  private final ClContext context;
  private final boolean cpu;

  ClCeilings(ClContext context) {
    this.context = context;
    cpu = context.device().cpu();
  }

  Ceilings measure() {
    return new Ceilings(flops(), copyBytes());
  }

  private double flops() {
    int width = Math.clamp(Integer.highestOneBit(context.device().vectorWidth()), 1, WIDEST);
    int items = context.device().computeUnits() * (cpu ? CPU_ITEMS : GPU_ITEMS);
    float[] starts = new float[WIDEST];
    for (int i = 0; i < WIDEST; i++) {
      starts[i] = 1 + i;
    }
    float[] sums = new float[items];
    try (ClBuffer start = context.copyOf(starts, 0, WIDEST);
        ClBuffer out = context.allocate(4L * items)) {
      ClKernel kernel = context.kernel(FILE, "-D WIDTH=" + width, "multiply_adds");
      double seconds =
          leastSeconds(
              kernel,
              new long[] {items},
              new long[] {cpu ? 1 : GPU_GROUP},
              ROUNDS,
              0.5f,
              0.5f,
              start,
              out);
      context.read(out, 0, sums, 0, items);
      check("multiply_adds", sums, (float) CHAINS * width);
      return 2.0 * ROUNDS * STEPS * CHAINS * width * items / seconds;
    }
  }

  private double copyBytes() {
    long bytes = Math.min(COPIED, Math.min(context.device().maxAllocation(), memoryShare())) & -16;
    float[] values = new float[(int) (bytes / 4)];
    Arrays.fill(values, 1.5f);
    try (ClBuffer from = context.allocate(bytes);
        ClBuffer to = context.allocate(bytes)) {
      context.write(from, values, 0, values.length);
      Arrays.fill(values, 0);
      context.write(to, values, 0, values.length);
      ClKernel kernel = context.kernel(FILE, "", "copy");
      double seconds = leastSeconds(kernel, new long[] {bytes / 16}, null, from, to);
      context.read(to, 0, values, 0, values.length);
      check("copy", values, 1.5f);
      return 2.0 * bytes / seconds;
    }
  }

  private long memoryShare() {
    return context.device().memory() / 8;
  }

  private double leastSeconds(ClKernel kernel, long[] global, long[] group, Object... arguments) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < TRIES; i++) {
      context.profile().start();
      kernel.launch(global, group, arguments);
      for (Cost cost : context.profile().costs()) {
        least = Math.min(least, 1e-3 * cost.milliseconds());
      }
    }
    return least;
  }

  private void check(String kernel, float[] values, float expected) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] != expected) {
        throw new IllegalStateException(
            "OpenCL: kernel %s of %s: element %s: expected %s, found %s"
                .formatted(kernel, context.device().name(), i, expected, values[i]));
      }
    }
  }
}
