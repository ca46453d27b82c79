package org.recallrank.autograd.ops.fused;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.BatchNorm;
import org.recallrank.autograd.ops.Checks;
import org.recallrank.autograd.ops.Dropout;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.DenseStackKernel.Gradient;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Tensor;

/**
 * A chain of {@link Linear} layers with what stands between them, as one operation where the
 * backend has a {@link DenseStackKernel}: what lies between two layers then stays where it was
 * computed.
 */
public final class DenseStack {
  private static final String OP = "denseStack";

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
      Tensor wv = w.value();
      int out = wv.shape().dim(0);
      Checks.size(OP, "b", b, out);
      if (norm != null) {
        norm.check(OP, out);
      }
      return new DenseStackKernel.Layer(
          wv.data(),
          wv.offset(),
          b.value().data(),
          b.value().offset(),
          wv.shape().dim(1),
          out,
          norm == null
              ? null
              : new DenseStackKernel.Norm(
                  norm.gamma().value().data(),
                  norm.beta().value().data(),
                  norm.mean(),
                  norm.variance(),
                  norm.ofBatch(),
                  norm.epsilon()),
          activation,
          dropout,
          dropout > 0 ? w.tape().nextSeed() : 0);
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
    Tensor xv = x.value();
    List<DenseStackKernel.Layer> parameters = new ArrayList<>();
    boolean needsGradient = x.needsGradient();
    for (Layer layer : layers) {
      parameters.add(layer.toKernel());
      needsGradient |= layer.needsGradient();
    }
    if (xv.cols() != parameters.get(0).in()) {
      throw new IllegalArgumentException(
          OP + ": x is " + x.shape() + ", the first w is " + layers.get(0).w().shape());
    }
    Variable y = tape.output(needsGradient, xv.rows(), parameters.getLast().out());
    DenseStackKernel.Pass pass =
        kernel.forward(
            parameters,
            xv.data(),
            xv.offset(),
            xv.rows(),
            y.value().data(),
            y.value().offset(),
            y.needsGradient());
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
    List<Gradient> gradients = new ArrayList<>();
    for (Layer layer : layers) {
      // What needs no gradient gets one that nobody reads.
      boolean addToW = layer.w().needsGradient() && layer.w().startGradient();
      boolean addToB = layer.b().needsGradient() && layer.b().startGradient();
      Tensor w = target(layer.w());
      Tensor b = target(layer.b());
      BatchNorm.Norm norm = layer.norm();
      gradients.add(
          new Gradient(
              w.data(),
              w.offset(),
              addToW,
              b.data(),
              b.offset(),
              addToB,
              norm == null ? null : norm.gamma().gradientToAddTo().data(),
              norm == null ? null : norm.beta().gradientToAddTo().data()));
    }
    boolean add = x.needsGradient() && x.startGradient();
    Tensor dx = x.needsGradient() ? x.gradient() : null;
    Tensor dy = y.gradient();
    pass.backward(
        dy.data(),
        dy.offset(),
        gradients,
        dx == null ? null : dx.data(),
        dx == null ? 0 : dx.offset(),
        add);
  }

  private static Tensor target(Variable v) {
    return v.needsGradient() ? v.gradient() : v.tape().allocate(v.value().shape());
  }
}
