package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.autograd.optim.Sgd;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.base.DcnV2;
import org.recallrank.model.config.Settings;
import org.recallrank.model.enrich.Identity;
import org.recallrank.model.enrich.Rar;
import org.recallrank.model.enrich.RarConfig;
import org.recallrank.model.enrich.RarConfig.HashSource;
import org.recallrank.model.enrich.RarConfig.Pooling;
import org.recallrank.model.enrich.RarConfig.Variant;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.tensor.Rng;
import org.recallrank.training.train.TrainStep;

/**
 * DCN-V2 with RAR, batch normalisation, dropout and dense Adam: the same bits run after run and for
 * any number of threads, and nearly the same numbers on every backend. The same bits, too, from
 * each base model without RAR.
 *
 * <p>The sizes are such that matrix products, the co-interaction, batch normalisation and the
 * larger tables are cut into several chunks.
 */
class DeterminismTest {
  private static final int STEPS = 20;
  private static final int DIM = 4;
  private static final Regularizer REGULARIZER = new Regularizer(0.01, 0.001);

  private static final SmallRecallWorld WORLD =
      SmallRecallWorld.create(new SmallRecallWorld.Size(9000, 500, 12, 8, 1100, 3), 1);

  /** What training left behind. */
  private record Outcome(Map<String, StoredTensor> state, List<TrainStep.Report> reports) {}

  private static CtrModel model(long seed, HashSource source) {
    RarConfig rar =
        new RarConfig(
            Variant.RAR,
            4,
            6,
            64,
            Form.PAPER_VOTE,
            source,
            3,
            List.of(16),
            true,
            8,
            0.5,
            ExposureLoss.ITEM_WEIGHT,
            Pooling.SCALED,
            false);
    return new CtrModel(
        new ParameterSet(new Rng(seed)),
        WORLD.schema(),
        DIM,
        0.1,
        (set, embedding) -> new Rar(set, embedding, WORLD.recall(), rar),
        shape ->
            new DcnV2(
                shape,
                new DcnV2.Config(
                    DcnV2.Structure.PARALLEL,
                    1,
                    false,
                    1,
                    1,
                    List.of(),
                    List.of(64, 16),
                    0.2,
                    true)));
  }

  private static Outcome train(
      Kernels kernels, long seed, int steps, HashSource source, OptimizerOf optimizer) {
    CtrModel model = model(seed, source);
    TrainStep step =
        new TrainStep(
            model, new Tape(kernels), optimizer.create(kernels, model.parameters().parameters()));
    List<TrainStep.Report> reports = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      reports.add(
          step.run(WORLD.batches().get(i % WORLD.batches().size()), new Rng(seed).split(i)));
    }
    return new Outcome(new LinkedHashMap<>(ModelState.of(model.parameters())), reports);
  }

  private static Outcome train(Kernels kernels, long seed, int steps) {
    return train(kernels, seed, steps, HashSource.MODEL, DeterminismTest::adam);
  }

  @FunctionalInterface
  private interface OptimizerOf {
    Optimizer create(Kernels kernels, Collection<Parameter> parameters);
  }

  private static Optimizer adam(Kernels kernels, Collection<Parameter> parameters) {
    return new Adam(kernels, parameters, REGULARIZER, 1e-3, 10, Adam.Tables.DENSE);
  }

  /**
   * No Adam between backends: it divides a gradient by its size, and that of a bias in front of
   * batch normalisation is nothing but rounding.
   */
  private static Outcome plainSteps(Kernels kernels, int steps) {
    // Signatures of the recall model: a selection must not turn on the last bit of an embedding.
    return train(
        kernels, 1, steps, HashSource.RECALL, (k, p) -> new Sgd(k, p, REGULARIZER, 0.5, 10));
  }

  private static void assertSameBits(String what, Outcome found, Outcome expected) {
    assertThat(found.reports).as(what).isEqualTo(expected.reports);
    assertThat(found.state.keySet()).isEqualTo(expected.state.keySet());
    expected.state.forEach(
        (name, tensor) -> {
          if (tensor.dtype() == StoredTensor.DType.F32) {
            assertThat(bits(found.state.get(name)))
                .as("%s, %s", what, name)
                .isEqualTo(bits(tensor));
          } else {
            assertThat(found.state.get(name).longs()).as(name).isEqualTo(tensor.longs());
          }
        });
  }

  private static int[] bits(StoredTensor tensor) {
    int[] bits = new int[tensor.floats().length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(tensor.floats()[i]);
    }
    return bits;
  }

  @TestFactory
  Stream<DynamicTest> theSameBitsForAnyNumberOfThreadsAndRunAfterRun() {
    return AvailableBackends.names().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> checkThreads(name)));
  }

  private static void checkThreads(String backend) {
    Outcome alone;
    try (Workers workers = Workers.create(1)) {
      alone = train(AvailableBackends.create(backend, workers), 1, STEPS);
    }
    assertThat(alone.reports.get(STEPS - 1).click())
        .as("it learns: the click loss falls")
        .isLessThan(alone.reports.get(0).click());
    for (int threads : new int[] {2, 5}) {
      AtomicInteger shared = new AtomicInteger();
      ExecutorService executor = Executors.newFixedThreadPool(threads - 1);
      try (Workers workers =
          Workers.on(
              task -> {
                shared.incrementAndGet();
                executor.execute(task);
              },
              threads)) {
        Outcome together = train(AvailableBackends.create(backend, workers), 1, STEPS);
        assertSameBits(backend + " with " + threads + " threads", together, alone);
        if (!backend.equals("opencl")) { // which leaves the work to its device
          assertThat(shared.get()).as("work given to helpers").isGreaterThan(STEPS);
        }
      } finally {
        executor.shutdown();
      }
    }
    try (Workers workers = Workers.create(2)) {
      Kernels kernels = AvailableBackends.create(backend, workers);
      assertSameBits(backend + " once more", train(kernels, 1, STEPS), alone);
      assertThat(train(kernels, 2, 1).reports.get(0))
          .as("another seed")
          .isNotEqualTo(alone.reports.get(0));
    }
  }

  /** Without RAR, and with E so wide that what models do with its rows is cut into chunks. */
  @TestFactory
  Stream<DynamicTest> everyModelGivesTheSameBitsForAnyNumberOfThreads() {
    return AvailableBackends.names().stream()
        .flatMap(
            backend ->
                BaseModels.names().stream()
                    .map(
                        model ->
                            DynamicTest.dynamicTest(
                                model + " on " + backend, () -> checkModel(model, backend))));
  }

  private static void checkModel(String model, String backend) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = Workers.create(threads)) {
        outcomes.add(trainRaw(model, AvailableBackends.create(backend, workers)));
      }
    }
    assertSameBits(model + " on " + backend, outcomes.get(1), outcomes.get(0));
  }

  private static Outcome trainRaw(String name, Kernels kernels) {
    Map<String, String> narrow = new LinkedHashMap<>();
    for (String key : List.of("hidden_units", "dnn_hidden_units", "parallel_dnn_hidden_units")) {
      narrow.put(key, "[32]");
    }
    CtrModel model =
        new CtrModel(
            new ParameterSet(new Rng(1)),
            WORLD.schema(),
            16,
            0.1,
            (set, embedding) -> new Identity(),
            BaseModels.configure(name, new Settings(narrow)));
    TrainStep step =
        new TrainStep(model, new Tape(kernels), adam(kernels, model.parameters().parameters()));
    List<TrainStep.Report> reports = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      reports.add(step.run(WORLD.batches().get(i), new Rng(1).split(i)));
    }
    return new Outcome(new LinkedHashMap<>(ModelState.of(model.parameters())), reports);
  }

  @TestFactory
  Stream<DynamicTest> everyBackendStaysCloseToTheScalarOne() {
    int steps = 5;
    Outcome scalar;
    try (Workers workers = Workers.create(2)) {
      scalar = plainSteps(AvailableBackends.create("scalar", workers), steps);
    }
    return AvailableBackends.names().stream()
        .filter(name -> !name.equals("scalar"))
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      try (Workers workers = Workers.create(2)) {
                        Kernels kernels = AvailableBackends.create(name, workers);
                        assertClose(plainSteps(kernels, steps), scalar, steps);
                      }
                    }));
  }

  private static void assertClose(Outcome found, Outcome scalar, int steps) {
    for (int i = 0; i < steps; i++) {
      TrainStep.Report a = found.reports.get(i);
      TrainStep.Report b = scalar.reports.get(i);
      assertClose("click loss of step " + i, a.click(), b.click(), 1e-5);
      assertClose("exposure loss of step " + i, a.auxiliary(), b.auxiliary(), 1e-5);
      assertClose("gradient norm of step " + i, a.gradientNorm(), b.gradientNorm(), 1e-4);
    }
    scalar.state.forEach(
        (name, tensor) -> {
          if (tensor.dtype() == StoredTensor.DType.F32) {
            float[] expected = tensor.floats();
            float[] got = found.state.get(name).floats();
            for (int i = 0; i < expected.length; i++) {
              assertClose(name + "[" + i + "]", got[i], expected[i], 2e-5);
            }
          }
        });
  }

  private static void assertClose(String what, double found, double expected, double limit) {
    assertThat(Math.abs(found - expected))
        .as("%s: scalar %s, found %s", what, expected, found)
        .isLessThanOrEqualTo(limit * Math.max(1, Math.abs(expected)));
  }
}
