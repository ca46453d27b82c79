package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.values;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.fused.DenseStack.Layer;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class DenseStackTest {
  private final Tensor x = values(115, 4, 3);
  private final Tensor w = values(112, 5, 3);
  private final Tensor b = values(113, 5);

  private double[] expected() {
    double[] y = new double[20];
    for (int i = 0; i < 4; i++) {
      for (int o = 0; o < 5; o++) {
        double sum = b.get(o);
        for (int k = 0; k < 3; k++) {
          sum += (double) x.get(i * 3 + k) * w.get(o * 3 + k);
        }
        y[i * 5 + o] = Math.max(sum, 0);
      }
    }
    return y;
  }

  @Test
  void oneLayerOnTheHost() {
    GradientCheck.of(x, w, b)
        .run(
            expected(),
            in ->
                DenseStack.apply(
                    in[0], List.of(new Layer(in[1], in[2], null, Activation.RELU, 0))));
  }

  /** A kernel that counts what it keeps, y = x forward and dx = dy backward. */
  private static final class Counting implements DenseStackKernel {
    private int open;
    private boolean addedToWeight;

    @Override
    public Pass forward(List<DenseStackKernel.Layer> layers, Matrix from, Matrix to, boolean keep) {
      System.arraycopy(from.data(), from.offset(), to.data(), to.offset(), from.size());
      if (!keep) {
        return null;
      }
      open++;
      return new Pass() {
        @Override
        public void backward(Matrix dy, List<Gradient> gradients, Matrix dx, boolean add) {
          Vec to = dx.flat();
          for (int i = 0; i < dx.size(); i++) {
            to.set(i, dy.flat().get(i) + (add ? to.get(i) : 0));
          }
          addedToWeight = gradients.get(0).addToWeight();
          gradients.get(0).weight().flat().set(0, 7);
        }

        @Override
        public void close() {
          open--;
        }
      };
    }
  }

  @Test
  void asAWholeWhereTheBackendOffersItAndWhatIsKeptGoesWithTheStep() {
    Counting kernel = new Counting();
    Kernels k = HostBackends.scalar();
    Kernels counting =
        new Kernels(
            "counting",
            k.workers(),
            k.matMul(),
            k.math(),
            k.batchNorm(),
            k.layerNorm(),
            k.embedding(),
            k.optimizer(),
            k.simHash(),
            k.hamming(),
            k.coInteraction(),
            kernel,
            k.device());
    try (Tape tape = new Tape(counting)) {
      tape.startEvaluation();
      stack(tape);
      assertThat(kernel.open).as("nothing to differentiate").isZero();
      tape.startTraining(new Rng(1));
      Variable y = stack(tape);
      assertThat(y.value().toArray()).isEqualTo(new float[] {1, 2, 3, 4});
      assertThat(kernel.open).isEqualTo(1);
      Variable loss = RowSum.apply(y.reshape(1, 4));
      tape.backward(loss);
      assertThat(parameter.gradient().get(0)).isEqualTo(7);
      assertThat(input.gradient().toArray()).containsOnly(1);
      assertThat(kernel.addedToWeight).isFalse();
      tape.startTraining(new Rng(1));
      assertThat(kernel.open).isZero();
      stack(tape);
    }
    assertThat(kernel.open).as("the tape is closed").isZero();
  }

  private final Parameter parameter =
      Parameter.dense("w", Parameter.Group.NETWORK, Tensor.zeros(2, 2));
  private final Parameter input =
      Parameter.dense("x", Parameter.Group.NETWORK, Tensor.wrap(new float[] {1, 2, 3, 4}, 2, 2));

  private Variable stack(Tape tape) {
    return DenseStack.apply(
        tape.parameter(input),
        List.of(
            new Layer(
                tape.parameter(parameter),
                tape.constant(Tensor.zeros(2)),
                null,
                Activation.NONE,
                0)));
  }
}
