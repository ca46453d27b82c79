package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.autograd.optim.Sgd;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.base.DcnV2;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.enrich.Rar;
import org.recallrank.model.enrich.RarConfig;
import org.recallrank.model.enrich.RarConfig.HashSource;
import org.recallrank.model.enrich.RarConfig.Pooling;
import org.recallrank.model.enrich.RarConfig.Variant;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.train.TrainStep;

/**
 * The gradient of the joint loss (Eq. 12) of DCN-V2 with RAR with respect to every parameter,
 * against differences of its value.
 */
class RarGradientTest {
  private static final int DIM = 2;
  private static final double STD = 0.5;
  private static final double ALPHA = 0.3;
  private static final float STEP = 1f / 32;

  private final SmallRecallWorld world =
      SmallRecallWorld.create(new SmallRecallWorld.Size(9, 10, 6, 5, 7, 1), 4);
  private final Batch batch = world.batches().get(0);

  @TestFactory
  Stream<DynamicTest> gradientsIntoTheSelected() {
    return Arrays.stream(ExposureLoss.values()).flatMap(reading -> check(reading, false));
  }

  @TestFactory
  Stream<DynamicTest> gradientsEndingAtTheSelected() {
    return Arrays.stream(ExposureLoss.values()).flatMap(reading -> check(reading, true));
  }

  private Stream<DynamicTest> check(ExposureLoss reading, boolean stop) {
    RarConfig config =
        new RarConfig(
            Variant.RAR,
            2,
            3,
            64,
            Form.PAPER_VOTE,
            HashSource.RECALL,
            50,
            List.of(4),
            false,
            3,
            ALPHA,
            reading,
            Pooling.SUM,
            stop);
    Map<String, double[]> expected = differences(config);
    return AvailableBackends.each(
        reading + (stop ? ", stopped" : ""),
        kernels -> {
          CtrModel model = model(config, false);
          Map<String, float[]> found = gradients(model, kernels);
          compare(model, expected, found);
          checkRows(model, stop);
        });
  }

  /**
   * @param frozen whether the selected entities are embedded by another layer with the same values:
   *     a model whose plain derivative is what stopping the gradient means
   */
  private CtrModel model(RarConfig config, boolean frozen) {
    ParameterSet set = new ParameterSet(new Rng(8));
    CtrModel model =
        new CtrModel(
            set,
            world.schema(),
            DIM,
            STD,
            (parameters, embedding) ->
                new Rar(
                    parameters,
                    frozen
                        ? FeatureEmbedding.ofFields(
                            new ParameterSet(new Rng(8)), world.schema().fields(), DIM, STD)
                        : embedding,
                    world.recall(),
                    config),
            shape ->
                new DcnV2(
                    shape,
                    new DcnV2.Config(
                        DcnV2.Structure.CROSSNET_ONLY,
                        1,
                        false,
                        1,
                        1,
                        List.of(),
                        List.of(),
                        0,
                        false)));
    // Hidden units clearly on or off: no step crosses the kink of a ReLU.
    for (String mlp : List.of("rar.mlp_user", "rar.mlp_item")) {
      set.get(mlp + ".0.bias").value().copyFrom(new float[] {2.5f, -2.5f, 2.5f, 2.5f});
    }
    // Parameters are multiples of 2^-10, so that a step of 2^-5 is exact.
    for (Parameter p : set.parameters()) {
      round(p.value());
    }
    return model;
  }

  private static void round(Tensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, Math.round(tensor.get(i) * 1024) / 1024f);
    }
  }

  /** The joint loss, its click part in double. */
  private double loss(CtrModel model, Tape tape) {
    tape.startTraining(new Rng(1));
    CtrModel.Forward forward = model.forward(tape, batch);
    double click = 0;
    for (int b = 0; b < batch.size(); b++) {
      double z = forward.logits().value().get(b);
      click += Math.log1p(Math.exp(-z)) + (1 - batch.labels()[b]) * z;
    }
    double auxiliary = forward.enriched().auxiliaryLoss().value().get(0);
    return click / batch.size() + (1 - ALPHA) / ALPHA * auxiliary; // Eq. 12 divided by alpha
  }

  private Map<String, double[]> differences(RarConfig config) {
    try (Workers workers = Workers.create(1)) {
      Tape tape = new Tape(AvailableBackends.create("scalar", workers));
      CtrModel model = model(config, config.stopGradient());
      Map<String, double[]> all = new HashMap<>();
      for (Parameter p : model.parameters().parameters()) {
        Tensor value = p.value();
        double[] gradient = new double[value.size()];
        for (int i = p.isTable() ? value.cols() : 0; i < gradient.length; i++) {
          float x = value.get(i);
          double[] f = new double[5];
          for (int k = -2; k <= 2; k++) {
            value.set(i, x + k * STEP);
            f[k + 2] = k == 0 ? 0 : loss(model, tape);
          }
          value.set(i, x);
          gradient[i] = (8 * (f[3] - f[1]) - (f[4] - f[0])) / (12 * STEP);
        }
        all.put(p.name(), gradient);
      }
      return all;
    }
  }

  private Map<String, float[]> gradients(CtrModel model, Kernels kernels) {
    Optimizer optimizer =
        new Sgd(kernels, model.parameters().parameters(), Regularizer.NONE, 1, 10);
    new TrainStep(model, new Tape(kernels), optimizer).differentiate(batch, new Rng(1));
    Map<String, float[]> all = new HashMap<>();
    for (Parameter p : model.parameters().parameters()) {
      all.put(p.name(), optimizer.totalGradient(p));
    }
    return all;
  }

  private static void compare(
      CtrModel model, Map<String, double[]> expected, Map<String, float[]> found) {
    assertThat(found.keySet())
        .isEqualTo(expected.keySet())
        .contains("rar.mlp_user.0.weight", "rar.mlp_item.2.bias", "fc.weight");
    for (Parameter p : model.parameters().parameters()) {
      double[] want = expected.get(p.name());
      double largest = Arrays.stream(want).map(Math::abs).max().orElse(0);
      assertThat(largest).as("largest gradient of %s", p).isGreaterThan(1e-3);
      for (int i = 0; i < want.length; i++) {
        assertThat(Math.abs(found.get(p.name())[i] - want[i]))
            .as("%s[%d]: by differences %s, found %s", p, i, want[i], found.get(p.name())[i])
            .isLessThanOrEqualTo(1e-3 * largest + 1e-5);
      }
    }
  }

  /** Users of no row of the batch learn only where the gradient goes into the selected. */
  private void checkRows(CtrModel model, boolean stop) {
    Set<Integer> own = new HashSet<>();
    Arrays.stream(batch.users()).forEach(own::add);
    Parameter table =
        model.parameters().get("embedding_layer.embedding_layer.embedding_layers.user_id.weight");
    Set<Integer> touched = new HashSet<>();
    for (int s = 0; s < table.rowGradient().count(); s++) {
      touched.add(table.rowGradient().rows()[s]);
    }
    assertThat(touched).containsAll(own);
    if (stop) {
      assertThat(touched).isEqualTo(own);
    } else {
      assertThat(touched).hasSizeGreaterThan(own.size());
    }
  }
}
