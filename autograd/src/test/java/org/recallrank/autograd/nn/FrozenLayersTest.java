package org.recallrank.autograd.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/** Layers of a frozen set give what those that were trained give in evaluation. */
class FrozenLayersTest {
  private static final int ROWS = 6;

  private final Workers workers = Workers.create(1);
  private final Kernels kernels = new KernelSelector().select(null, workers).kernels();
  private final ParameterSet trained = new ParameterSet(new Rng(3));

  @AfterEach
  void close() {
    workers.close();
  }

  /** Copies of all that a set holds. */
  private record Copied(Map<String, Tensor> all) implements ParameterSet.Trained {
    static Copied of(ParameterSet set) {
      Map<String, Tensor> all = new HashMap<>(set.buffers());
      set.parameters().forEach(p -> all.put(p.name(), p.value()));
      return new Copied(all);
    }

    @Override
    public float[] values(String name, int... dims) {
      Tensor tensor = all.get(name);
      assertThat(tensor).as(name).isNotNull();
      assertThat(tensor.shape().toArray()).as(name).isEqualTo(dims);
      return tensor.toArray();
    }

    @Override
    public void counter(String name) {
      assertThat(name).endsWith("num_batches_tracked");
    }

    @Override
    public void alias(String name, String target) {
      throw new AssertionError("no layer here shares a table");
    }
  }

  /** Scales, shifts and statistics that are neither 0 nor 1. */
  private void randomize() {
    Rng rng = new Rng(4);
    trained.buffers().forEach((name, x) -> fill(x, rng, name.endsWith("running_var") ? 0.5 : 0));
    trained.parameters().forEach(p -> fill(p.value(), rng, 0));
  }

  private static void fill(Tensor x, Rng rng, double least) {
    for (int i = 0; i < x.size(); i++) {
      double value = rng.nextGaussian();
      x.set(i, (float) (least > 0 ? least + Math.abs(value) : value));
    }
  }

  private Tensor input(int cols) {
    Tensor x = Tensor.zeros(ROWS, cols);
    fill(x, new Rng(5), 0);
    return x;
  }

  private void compare(
      int in, Function<ParameterSet, Function<Variable, Variable>> layerOf, double error) {
    Function<Variable, Variable> layer = layerOf.apply(trained);
    randomize();
    Function<Variable, Variable> frozen =
        layerOf.apply(ParameterSet.frozen(Copied.of(trained), kernels));
    float[] expected = evaluate(layer, in);
    float[] found = evaluate(frozen, in);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i])
          .isCloseTo(expected[i], within(error * (1 + Math.abs(expected[i]))));
    }
  }

  private float[] evaluate(Function<Variable, Variable> layer, int in) {
    Tape tape = new Tape(kernels);
    tape.startEvaluation();
    return layer.apply(tape.constant(input(in))).value().toArray();
  }

  @Test
  void linearLayers() {
    compare(5, set -> new LinearLayer(set, "fc", 5, 3, true)::apply, 1e-6);
    trained.parameters();
    compare(5, set -> new LinearLayer(set, "plain", 5, 1, false)::apply, 1e-6);
  }

  @Test
  void batchNormalisationIsPartOfTheLayerBeforeIt() {
    Init start = Init.constant(1);
    compare(5, set -> new DenseLayer(set, "fc", "bn", 5, 9, start, start)::apply, 1e-5);
    compare(5, set -> new DenseLayer(set, "fc2", null, 5, 9, start, start)::apply, 1e-6);
  }

  @Test
  void mlps() {
    compare(5, set -> new Mlp(set, "a", 5, List.of(8, 6), true, 0.1, 2)::apply, 1e-5);
    compare(5, set -> new Mlp(set, "b", 5, List.of(8, 6), true, 0.1, 0)::apply, 1e-5);
    compare(5, set -> new Mlp(set, "c", 5, List.of(8), false, 0, 1)::apply, 1e-6);
    compare(5, set -> new Mlp(set, "d", 5, List.of(), false, 0, 4)::apply, 1e-6);
  }

  @Test
  void aFrozenSetKeepsNothingAndTrainsNothing() {
    Mlp mlp = new Mlp(trained, "a", 5, List.of(8), true, 0, 1);
    assertThat(mlp.outWidth()).isEqualTo(1);
    ParameterSet set = ParameterSet.frozen(Copied.of(trained), kernels);
    Mlp frozen = new Mlp(set, "a", 5, List.of(8), true, 0, 1);
    assertThat(set.isFrozen()).isTrue();
    assertThat(trained.isFrozen()).isFalse();
    assertThat(set.parameters()).isEmpty();
    assertThat(set.buffers()).isEmpty();
    Tape tape = new Tape(kernels);
    tape.startTraining(new Rng(1));
    assertThatThrownBy(() -> frozen.apply(tape.constant(input(5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linear: packed weights cannot be trained");
    tape.startEvaluation();
    assertThatThrownBy(() -> frozen.apply(tape.constant(input(4))))
        .hasMessageContaining("packed weights take 5 columns");
  }
}
