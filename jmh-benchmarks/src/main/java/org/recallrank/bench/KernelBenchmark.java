package org.recallrank.bench;

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
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/**
 * What the benchmarks of kernels share: a {@link KernelCase} on a backend. Beside the calls per
 * second that JMH counts, {@code items} are those of {@link KernelCase.Work} per second, in units
 * of {@link #itemsPerUnit}.
 *
 * <p>C2 needs three to four seconds for vector code, hence the warm-up.
 */
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
      "--sun-misc-unsafe-memory-access=allow",
      "-XX:Tier3DelayOn=100000"
    })
public abstract class KernelBenchmark {
  @Param({"scalar", "simd"})
  public String backend;

  @Param("1")
  public int threads;

  private Workers workers;
  private Kernels kernels;
  private KernelCase operation;
  private double units;

  /** Work done per second, beside the calls per second that JMH counts. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    public double items;

    @Setup(Level.Iteration)
    public void reset() {
      items = 0;
    }
  }

  /** The case that the parameters stand for. */
  protected abstract KernelCase newCase();

  /** What {@code items} are counted in: thousands of millions, if not said otherwise. */
  protected double itemsPerUnit() {
    return 1e9;
  }

  @Setup
  public void setUp() {
    workers = Workers.create(threads);
    kernels = new KernelSelector().select(backend, workers).kernels();
    operation = newCase();
    operation.reset();
    units = operation.work().items() / itemsPerUnit();
  }

  @TearDown
  public void tearDown() {
    workers.close();
  }

  @Benchmark
  public Object run(Rate rate) {
    rate.items += units;
    return operation.run(kernels);
  }
}
