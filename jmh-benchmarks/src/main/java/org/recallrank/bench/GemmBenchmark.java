package org.recallrank.bench;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Workers;

/** Matrix products at the shapes that training uses; the column {@code gflop} is GFLOP/s. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    // JMH itself uses Unsafe, which the JDK would complain about.
    jvmArgsAppend = {
      "--add-modules",
      "jdk.incubator.vector",
      "--sun-misc-unsafe-memory-access=allow"
    })
public class GemmBenchmark {
  @Param({"scalar", "simd"})
  String backend;

  @Param GemmShape shape;

  @Param("4096")
  int batch;

  @Param("1")
  int threads;

  int m;
  int n;
  int k;
  float[] a;
  float[] b;
  float[] c;

  private Workers workers;
  private MatMulKernel matMul;

  /** Work done per second, beside the calls per second that JMH counts. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Work {
    public double gflop;

    @Setup(Level.Iteration)
    public void reset() {
      gflop = 0;
    }
  }

  @Setup
  public void setUp() {
    m = shape.m(batch);
    n = shape.n(batch);
    k = shape.k(batch);
    SplittableRandom random = new SplittableRandom(42);
    a = normals(random, m * k);
    b = normals(random, k * n);
    c = new float[m * n];
    workers = Workers.create(threads);
    matMul = new KernelSelector().select(backend, workers).kernels().matMul();
  }

  @TearDown
  public void tearDown() {
    workers.close();
  }

  @Benchmark
  public float[] gemm(Work work) {
    int lda = shape.transposeA ? m : k;
    int ldb = shape.transposeB ? k : n;
    matMul.gemm(shape.transposeA, shape.transposeB, m, n, k, 1, a, 0, lda, b, 0, ldb, 0, c, 0, n);
    work.gflop += 2e-9 * m * n * k;
    return c;
  }

  private static float[] normals(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
