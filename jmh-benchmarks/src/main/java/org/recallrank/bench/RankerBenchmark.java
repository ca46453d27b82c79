package org.recallrank.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.bench.cases.ScoringRun;
import org.recallrank.bench.cases.ScratchFolder;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.serve.Ranker;
import org.recallrank.training.recall.PoolConfig;

/**
 * Requests of many threads at once ({@code -t 1}, {@code -t max}), each of another user with other
 * items, to one ranker; a session for each thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.Throughput, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
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
public class RankerBenchmark {
  private static final long WORLD_ROWS = 100_000;

  @Param({"scalar", "simd"})
  public String backend;

  @Param("dcnv2")
  public String model;

  @Param({"none", "rar"})
  public String enrich;

  @Param({"1", "100", "1000"})
  public int candidates;

  private Ranker ranker;
  private int users;
  private int items;

  /** The request of a thread. */
  @State(Scope.Thread)
  public static class Request {
    private final SplittableRandom random = new SplittableRandom();
    private Ranker.Session session;
    private int[] itemRows;
    private int[] context;
    private float[] scores;

    /** A session of the benchmark's ranker. */
    @Setup
    public void open(RankerBenchmark benchmark) {
      session = benchmark.ranker.session();
      itemRows = new int[benchmark.candidates];
      context = new int[benchmark.ranker.fields().size()]; // padding, as many as there may be
      scores = new float[benchmark.candidates];
    }
  }

  /** Makes a run folder of a generated world, which may go when it is loaded. */
  @Setup
  public void setUp() {
    ModelData data = ModelData.generated(WORLD_ROWS, 1, new PoolConfig(300, 100));
    Map<String, String> settings = Map.of("embedding_std", "0.5");
    try (ScratchFolder folder = ScratchFolder.create()) {
      Path run = folder.path().resolve("run");
      ScoringRun.save(
          run,
          data,
          ModelSpec.of(model, enrich, new Settings(settings)),
          new ScoringCase(model, enrich, settings, data, 1).model());
      ranker = Ranker.builder(run).kernels(backend).build();
    }
    users = data.recall().users().size();
    items = data.recall().items().size();
  }

  /** Ends the ranker. */
  @TearDown
  public void tearDown() {
    ranker.close();
  }

  /** One request. */
  @Benchmark
  public float[] score(Request request) {
    for (int i = 0; i < request.itemRows.length; i++) {
      request.itemRows[i] = request.random.nextInt(1, items);
    }
    int user = request.random.nextInt(1, users);
    request.session.score(
        user, request.itemRows, request.itemRows.length, request.context, request.scores);
    return request.scores;
  }
}
