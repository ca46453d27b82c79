package org.recallrank.autograd.ops.fused;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.BatchNorm;
import org.recallrank.autograd.ops.Dropout;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.DenseStackKernel.Gradient;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Tensor;

/**
 * A chain of {@link Linear} layers with what stands between them, as one operation where the
 * backend has a {@link DenseStackKernel}: what lies between two layers then stays where it was
 * computed.
 */
public final class DenseStack {
  private DenseStack() {}

  /**
   * One layer, y = drop(act(norm(x W^T + b))).
   *
   * @param w [out, in]
   * @param b [out]
   * @param norm null for none
   * @param dropout probability, 0 outside of training and without a ReLU
   */
  public record Layer(
      Variable w, Variable b, BatchNorm.Norm norm, Activation activation, float dropout) {

    private Variable apply(Variable x) {
      if (norm == null) {
        return Dropout.apply(Linear.apply(x, w, b, activation), dropout);
      }
      Variable product = Linear.apply(x, w, b, Activation.NONE);
      return BatchNorm.apply(product, norm, activation == Activation.RELU, dropout);
    }

    private boolean needsGradient() {
      return w.needsGradient()
          || b.needsGradient()
          || (norm != null && (norm.gamma().needsGradient() || norm.beta().needsGradient()));
    }

    private DenseStackKernel.Layer toKernel() {
      DenseStackKernel.Norm by =
          norm == null
              ? null
              : new DenseStackKernel.Norm(
                  norm.affine(), norm.mean(), norm.variance(), norm.ofBatch(), norm.epsilon());
      long seed = dropout > 0 ? w.tape().nextSeed() : 0;
      return new DenseStackKernel.Layer(w.matrix(), b.vec(), by, activation, dropout, seed);
    }

    /** What needs no gradient gets one that nobody reads. */
    private Gradient gradient() {
      boolean addToW = w.needsGradient() && w.startGradient();
      boolean addToB = b.needsGradient() && b.startGradient();
      Matrix dw = target(w).matrix();
      Vec db = target(b).vec();
      return new Gradient(dw, addToW, db, addToB, norm == null ? null : norm.gradient());
    }
  }

  /**
   * The layers one after the other.
   *
   * @param x [rows, in] of the first layer
   * @return [rows, out] of the last layer
   */
  public static Variable apply(Variable x, List<Layer> layers) {
    DenseStackKernel kernel = x.tape().kernels().denseStack();
    if (kernel == null || layers.isEmpty()) {
      for (Layer layer : layers) {
        x = layer.apply(x);
      }
      return x;
    }
    return whole(kernel, x, layers);
  }

  private static Variable whole(DenseStackKernel kernel, Variable x, List<Layer> layers) {
    Tape tape = x.tape();
    List<DenseStackKernel.Layer> parameters = new ArrayList<>();
    boolean needsGradient = x.needsGradient();
    for (Layer layer : layers) {
      parameters.add(layer.toKernel());
      needsGradient |= layer.needsGradient();
    }
    Variable y = tape.output(needsGradient, x.value().rows(), parameters.getLast().out());
    DenseStackKernel.Pass pass =
        kernel.forward(parameters, x.matrix(), y.matrix(), y.needsGradient());
    if (pass != null) {
      tape.hold(pass::close);
      tape.record(y, () -> backward(pass, x, layers, y));
    }
    for (Layer layer : layers) {
      if (layer.norm() != null && layer.norm().ofBatch()) {
        layer.norm().measured().run();
      }
    }
    return y;
  }

  private static void backward(
      DenseStackKernel.Pass pass, Variable x, List<Layer> layers, Variable y) {
    List<Gradient> gradients = layers.stream().map(Layer::gradient).toList();
    boolean add = x.needsGradient() && x.startGradient();
    Matrix dx = x.needsGradient() ? x.gradient().matrix() : null;
    pass.backward(y.gradient().matrix(), gradients, dx, add);
  }

  private static Tensor target(Variable v) {
    return v.needsGradient() ? v.gradient() : v.tape().allocate(v.value().shape());
  }
}
