package org.recallrank.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.recallrank.kernels.opencl.OpenClOnTrial;

/** The backends that work here, and arrays with borders to watch. */
final class BackendsUnderTest {
  /** Written around every output range; a kernel that leaves its range changes some of it. */
  static final float BORDER = -12345.75f;

  static final int LEFT = 3;
  static final int RIGHT = 21;

  /** Shared by all tests of a JVM, so that no test leaves threads behind. */
  private static final Map<Integer, List<Kernels>> KERNELS = new ConcurrentHashMap<>();

  private BackendsUnderTest() {}

  /** All available backends with two threads. */
  static Stream<Kernels> all() {
    return withThreads(2).stream();
  }

  /** The same and, for the kernels that have some, the variants for other devices. */
  static Stream<Kernels> withVariants() {
    Stream<Kernels> variants =
        OpenClOnTrial.hasDevice()
            ? OpenClOnTrial.variants(Workers.create(1)).stream()
            : Stream.empty();
    return Stream.concat(all(), variants);
  }

  static List<Kernels> withThreads(int threads) {
    return KERNELS.computeIfAbsent(threads, BackendsUnderTest::create);
  }

  private static List<Kernels> create(int threads) {
    Workers workers = Workers.create(threads);
    List<Kernels> kernels = new ArrayList<>();
    for (KernelProvider provider : ServiceLoader.load(KernelProvider.class)) {
      if (provider.priority() > 0 && provider.probe().available()) {
        kernels.add(provider.create(workers));
      }
    }
    if (OpenClOnTrial.hasDevice()) {
      kernels.add(OpenClOnTrial.create(workers));
    }
    return kernels;
  }

  static Kernels named(String name, int threads) {
    return withThreads(threads).stream()
        .filter(k -> k.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("backend " + name + " does not work here"));
  }

  /** The sizes at which vector loops go wrong, for vectors of 4, 8 and 16 floats. */
  static int[] sizes() {
    return new int[] {0, 1, 3, 4, 5, 7, 8, 9, 11, 15, 16, 17, 19, 31, 32, 33, 35, 97, 1021};
  }

  /** Uniform in [-scale, scale), with borders left as they are. */
  static float[] random(Random random, int n, float scale) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (2 * random.nextFloat() - 1) * scale;
    }
    return x;
  }

  /** An array for n outputs from {@link #LEFT} on, filled with {@link #BORDER}. */
  static float[] bordered(int n) {
    float[] x = new float[LEFT + n + RIGHT];
    java.util.Arrays.fill(x, BORDER);
    return x;
  }

  /** The same around given values. */
  static float[] bordered(float[] values) {
    float[] x = bordered(values.length);
    System.arraycopy(values, 0, x, LEFT, values.length);
    return x;
  }

  static float[] inner(float[] bordered, int n) {
    return java.util.Arrays.copyOfRange(bordered, LEFT, LEFT + n);
  }

  static void assertBorders(float[] x, int n, String what) {
    for (int i = 0; i < x.length; i++) {
      if ((i < LEFT || i >= LEFT + n) && x[i] != BORDER) {
        throw new AssertionError(what + ": wrote outside its range, at " + (i - LEFT) + " of " + n);
      }
    }
  }

  static void assertClose(double got, double expected, double bound, String what) {
    if (Double.isNaN(expected) ? !Double.isNaN(got) : !(Math.abs(got - expected) <= bound)) {
      if (got == expected) {
        return; // equal infinities
      }
      throw new AssertionError(
          what + ": expected " + expected + " within " + bound + ", got " + got);
    }
  }
}
