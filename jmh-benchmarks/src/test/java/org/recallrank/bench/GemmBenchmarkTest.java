package org.recallrank.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.KernelSelector;

/** Runs each benchmark once at a small batch and compares every element with a double oracle. */
class GemmBenchmarkTest {
  /** Unit roundoff of float. */
  private static final double EPSILON = 0x1p-24;

  static Stream<Arguments> cases() {
    List<String> backends =
        new KernelSelector()
            .candidates().stream()
                .filter(KernelSelector.Candidate::available)
                .map(KernelSelector.Candidate::name)
                .toList();
    return backends.stream()
        .flatMap(name -> Stream.of(GemmShape.values()).map(shape -> Arguments.of(name, shape)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void measuresTheProduct(String backend, GemmShape shape) {
    GemmBenchmark benchmark = new GemmBenchmark();
    benchmark.backend = backend;
    benchmark.shape = shape;
    benchmark.batch = 37;
    benchmark.threads = 1;
    benchmark.setUp();
    try {
      GemmBenchmark.Work work = new GemmBenchmark.Work();
      assertThat(benchmark.gemm(work)).isSameAs(benchmark.c);
      compare(benchmark, shape);
      double operations = 2.0 * benchmark.m * benchmark.n * benchmark.k;
      assertThat(work.gflop).isCloseTo(operations / 1e9, within(1e-12));
    } finally {
      benchmark.tearDown();
    }
  }

  private static void compare(GemmBenchmark benchmark, GemmShape shape) {
    int m = benchmark.m;
    int n = benchmark.n;
    int k = benchmark.k;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double magnitude = 0;
        for (int p = 0; p < k; p++) {
          double term =
              (double) benchmark.a[shape.transposeA ? p * m + i : i * k + p]
                  * benchmark.b[shape.transposeB ? j * k + p : p * n + j];
          sum += term;
          magnitude += Math.abs(term);
        }
        double bound = (k + 1) * EPSILON * magnitude;
        double found = benchmark.c[i * n + j];
        if (!(Math.abs(found - sum) <= bound)) {
          assertThat(found).as("c[%d, %d] of %s", i, j, shape).isCloseTo(sum, within(bound));
        }
      }
    }
  }
}
