package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.MultiplyAdd;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.autograd.optim.Sgd;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.enrich.Cim;
import org.recallrank.model.enrich.CimConfig;
import org.recallrank.model.enrich.Enricher.Enriched;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * The gradient of CIM with respect to every parameter, against differences of the row-by-row
 * computation in double: of a random linear function of E' plus the weighted L_aux.
 */
class CimGradientTest {
  private static final int DIM = 2;
  private static final int HEADS = 3;
  private static final int CANDIDATES = 6;
  private static final double LOSS_WEIGHT = 0.8;

  /** Small, so that hardly a unit meets the kink of its ReLU on the way. */
  private static final float STEP = 1f / 4096;

  private final SmallRecallWorld world =
      SmallRecallWorld.create(new SmallRecallWorld.Size(9, 10, CANDIDATES, 5, 7, 1), 6);
  private final Batch batch = world.batches().get(0);
  private final ParameterSet set = new ParameterSet(new Rng(8));
  private final FeatureEmbedding embedding =
      FeatureEmbedding.ofFields(set, world.schema().fields(), DIM, 0.7);
  private final Cim cim =
      new Cim(
          set,
          world.schema(),
          embedding,
          world.recall(),
          new CimConfig(CimConfig.Length.LONG, HEADS, List.of(4, 3), LOSS_WEIGHT));
  private final Tensor factors = Tensor.zeros(batch.size(), (6 + 3) * DIM);

  /** Nothing at a constant start, and x + step exact: all are multiples of 2^-16. */
  CimGradientTest() {
    for (Parameter p : set.parameters()) {
      Rng rng = new Rng(3).split(p.name());
      for (int i = p.isTable() ? DIM : 0; i < p.value().size(); i++) {
        double moved = p.value().get(i) + 0.3 * rng.nextGaussian();
        p.value().set(i, Math.round(moved * 65536) / 65536f);
      }
    }
    Rng rng = new Rng(4);
    for (int i = 0; i < factors.size(); i++) {
      factors.set(i, (float) rng.nextGaussian());
    }
  }

  @TestFactory
  Stream<DynamicTest> ofEveryParameter() {
    Map<String, double[]> expected = differences();
    return AvailableBackends.each("gradients", kernels -> compare(expected, gradients(kernels)));
  }

  private double loss(Map<String, float[]> weights) {
    CimOracle.Result result =
        new CimOracle(world, CANDIDATES, HEADS, DIM, weights).apply(batch, true);
    double loss = LOSS_WEIGHT * result.loss();
    for (int i = 0; i < factors.size(); i++) {
      loss += factors.get(i) * result.embeddings()[i];
    }
    return loss;
  }

  private Map<String, double[]> differences() {
    Map<String, float[]> weights = RarOracle.snapshot(set);
    Map<String, double[]> all = new HashMap<>();
    for (Parameter p : set.parameters()) {
      float[] value = weights.get(p.name());
      double[] gradient = new double[value.length];
      for (int i = p.isTable() ? DIM : 0; i < gradient.length; i++) {
        float x = value[i];
        double[] f = new double[5];
        for (int k = -2; k <= 2; k++) {
          value[i] = x + k * STEP;
          f[k + 2] = k == 0 ? 0 : loss(weights);
        }
        value[i] = x;
        gradient[i] = (8 * (f[3] - f[1]) - (f[4] - f[0])) / (12 * STEP);
      }
      all.put(p.name(), gradient);
    }
    return all;
  }

  private Map<String, float[]> gradients(Kernels kernels) {
    Tape tape = new Tape(kernels);
    tape.startTraining(new Rng(1));
    Enriched enriched = cim.apply(batch, embedding.apply(tape, batch.rows()));
    Variable product = MultiplyAdd.apply(null, enriched.embeddings(), tape.constant(factors));
    tape.backward(
        Add.apply(
            RowSum.apply(product.reshape(1, factors.size())),
            Scale.apply(enriched.auxiliaryLoss(), (float) LOSS_WEIGHT)));
    Optimizer optimizer = new Sgd(kernels, set.parameters(), Regularizer.NONE, 1, 10);
    Map<String, float[]> all = new HashMap<>();
    for (Parameter p : set.parameters()) {
      all.put(p.name(), optimizer.totalGradient(p));
      p.clearGradient();
    }
    return all;
  }

  private static void compare(Map<String, double[]> expected, Map<String, float[]> found) {
    assertThat(found.keySet()).isEqualTo(expected.keySet()).contains("cim.block_0.key.weight");
    expected.forEach(
        (name, want) -> {
          double largest = Arrays.stream(want).map(Math::abs).max().orElse(0);
          assertThat(largest).as("largest gradient of %s", name).isGreaterThan(1e-3);
          for (int i = 0; i < want.length; i++) {
            assertThat(Math.abs(found.get(name)[i] - want[i]))
                .as("%s[%d]: by differences %s, found %s", name, i, want[i], found.get(name)[i])
                .isLessThanOrEqualTo(1e-4 * largest + 1e-5);
          }
        });
  }
}
