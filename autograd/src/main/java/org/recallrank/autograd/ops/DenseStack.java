package org.recallrank.autograd.ops;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.DenseStackKernel.Gradient;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Tensor;

/**
 * A chain of {@link Linear} layers, as one operation where the backend has a {@link
 * DenseStackKernel}: what lies between two layers then stays where it was computed.
 */
public final class DenseStack {
  private DenseStack() {}

  /**
   * One layer, y = act(x W^T + b).
   *
   * @param w [out, in]
   * @param b [out]
   */
  public record Layer(Variable w, Variable b, Activation activation) {}

  /**
   * The layers one after the other.
   *
   * @param x [rows, in] of the first layer
   * @return [rows, out] of the last layer
   */
  public static Variable apply(Tape tape, Variable x, List<Layer> layers) {
    DenseStackKernel kernel = tape.kernels().denseStack();
    if (kernel == null || layers.isEmpty()) {
      for (Layer layer : layers) {
        x = Linear.apply(tape, x, layer.w(), layer.b(), layer.activation());
      }
      return x;
    }
    return whole(tape, kernel, x, layers);
  }

  private static Variable whole(
      Tape tape, DenseStackKernel kernel, Variable x, List<Layer> layers) {
    Tensor xv = x.value();
    List<DenseStackKernel.Layer> parameters = new ArrayList<>();
    boolean needsGradient = x.needsGradient();
    for (Layer layer : layers) {
      Tensor w = layer.w().value();
      Checks.size("denseStack", "b", layer.b(), w.shape().dim(0));
      parameters.add(
          new DenseStackKernel.Layer(
              w.data(),
              w.offset(),
              layer.b().value().data(),
              layer.b().value().offset(),
              w.shape().dim(1),
              w.shape().dim(0),
              layer.activation()));
      needsGradient |= layer.w().needsGradient() || layer.b().needsGradient();
    }
    if (xv.cols() != parameters.get(0).in()) {
      throw new IllegalArgumentException(
          "denseStack: x is " + x.shape() + ", the first w is " + layers.get(0).w().shape());
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
      tape.record(y, () -> backward(tape, pass, x, layers, y));
    }
    return y;
  }

  private static void backward(
      Tape tape, DenseStackKernel.Pass pass, Variable x, List<Layer> layers, Variable y) {
    List<Gradient> gradients = new ArrayList<>();
    for (Layer layer : layers) {
      // What needs no gradient gets one that nobody reads.
      boolean addToW = layer.w().needsGradient() && layer.w().startGradient();
      boolean addToB = layer.b().needsGradient() && layer.b().startGradient();
      Tensor w = target(tape, layer.w());
      Tensor b = target(tape, layer.b());
      gradients.add(new Gradient(w.data(), w.offset(), addToW, b.data(), b.offset(), addToB));
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

  private static Tensor target(Tape tape, Variable v) {
    return v.needsGradient() ? v.gradient() : tape.allocate(v.value().shape());
  }
}
