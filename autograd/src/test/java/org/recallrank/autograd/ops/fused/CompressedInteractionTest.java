package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class CompressedInteractionTest {

  /** E, then weight and bias of each layer. */
  private static Tensor[] inputs(int rows, int fields, int d, int... maps) {
    List<Tensor> inputs = new ArrayList<>(List.of(values(131, rows, fields, d)));
    int m = fields;
    for (int h : maps) {
      inputs.add(values(132 + inputs.size(), h, fields * m, 1));
      inputs.add(values(132 + inputs.size(), h));
      m = h;
    }
    return inputs.toArray(Tensor[]::new);
  }

  private static Variable apply(Variable[] in) {
    List<Variable> weights = new ArrayList<>();
    List<Variable> biases = new ArrayList<>();
    for (int i = 1; i < in.length; i += 2) {
      weights.add(in[i]);
      biases.add(in[i + 1]);
    }
    return CompressedInteraction.apply(in[0], weights, biases);
  }

  /** The definition, row by row and coordinate by coordinate. */
  private static double[] expected(Tensor[] in) {
    int rows = in[0].shape().dim(0);
    int fields = in[0].shape().dim(1);
    int d = in[0].shape().dim(2);
    int width = 0;
    for (int i = 2; i < in.length; i += 2) {
      width += in[i].size();
    }
    double[] y = new double[rows * width];
    for (int b = 0; b < rows; b++) {
      for (int c = 0; c < d; c++) {
        double[] x0 = new double[fields];
        for (int f = 0; f < fields; f++) {
          x0[f] = in[0].get((b * fields + f) * d + c);
        }
        double[] x = x0;
        int at = b * width;
        for (int i = 1; i < in.length; i += 2) {
          double[] next = new double[in[i + 1].size()];
          for (int h = 0; h < next.length; h++) {
            next[h] = in[i + 1].get(h);
            for (int f = 0; f < fields; f++) {
              for (int m = 0; m < x.length; m++) {
                next[h] += in[i].get((h * fields + f) * x.length + m) * x0[f] * x[m];
              }
            }
            y[at++] += next[h];
          }
          x = next;
        }
      }
    }
    return y;
  }

  private static void check(Tensor... in) {
    GradientCheck.of(in).run(expected(in), CompressedInteractionTest::apply);
  }

  @Test
  void oneLayerWhichIsTheLast() {
    check(inputs(2, 3, 4, 2));
  }

  @Test
  void twoLayers() {
    check(inputs(3, 2, 5, 3, 4));
  }

  @Test
  void threeLayersOfOddSizes() {
    check(inputs(2, 3, 3, 5, 1, 2));
  }

  @Test
  void oneFieldOfOneCoordinate() {
    check(inputs(3, 1, 1, 2, 3));
  }

  @Test
  void moreMapsThanAVectorHasLanes() {
    check(inputs(1, 2, 2, 17, 3));
  }

  /**
   * Many rows, cut into several blocks and pieces of sums, give what few rows at a time give
   * together.
   */
  @Test
  void blocksOfRowsAddUp() {
    Tensor[] in = inputs(140, 3, 16, 21, 5);
    for (int i = 1; i < in.length; i++) {
      for (int j = 0; j < in[i].size(); j++) {
        in[i].set(j, in[i].get(j) / 16);
      }
    }
    Tensor e = in[0];
    int row = e.size() / 140;
    for (Kernels kernels : HostBackends.all()) {
      Run whole = new Run(kernels, in);
      GradientCheck.assertClose(kernels.name(), expected(in), whole.y);
      double[][] sums = new double[in.length][];
      for (int i = 1; i < in.length; i++) {
        sums[i] = new double[in[i].size()];
      }
      sums[0] = new double[e.size()];
      for (int from = 0; from < 140; from += 20) {
        Tensor[] part = in.clone();
        part[0] = Tensor.zeros(20, 3, 16);
        part[0].copyFrom(Arrays.copyOfRange(e.data(), from * row, (from + 20) * row));
        Run run = new Run(kernels, part);
        for (int i = 0; i < in.length; i++) {
          for (int j = 0; j < run.gradients[i].size(); j++) {
            sums[i][(i == 0 ? from * row : 0) + j] += run.gradients[i].get(j);
          }
        }
      }
      for (int i = 0; i < in.length; i++) {
        GradientCheck.assertClose(kernels.name() + ", gradient " + i, sums[i], whole.gradients[i]);
      }
    }
  }

  /** Value and gradients of the sum of all outputs. */
  private static final class Run {
    final Tensor y;
    final Tensor[] gradients;

    Run(Kernels kernels, Tensor[] in) {
      Tape tape = new Tape(kernels);
      tape.startTraining(new Rng(1));
      Parameter[] parameters = new Parameter[in.length];
      Variable[] variables = new Variable[in.length];
      for (int i = 0; i < in.length; i++) {
        parameters[i] = Parameter.dense("p" + i, Parameter.Group.NETWORK, in[i]);
        variables[i] = tape.parameter(parameters[i]);
      }
      Variable out = apply(variables);
      y = out.value();
      tape.backward(RowSum.apply(out.reshape(1, y.size())));
      gradients = Arrays.stream(parameters).map(Parameter::gradient).toArray(Tensor[]::new);
    }
  }

  @Test
  void wrongSizesAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable e = tape.constant(values(1, 2, 3, 4));
    Variable bias = tape.constant(values(2, 5));
    assertThatThrownBy(
            () ->
                CompressedInteraction.apply(
                    e, List.of(tape.constant(values(3, 5, 8))), List.of(bias)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight 0 needs 45 elements")
        .hasMessageContaining("[5, 8]");
    assertThatThrownBy(() -> CompressedInteraction.apply(e, List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one weight");
  }
}
