package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.MatMulKernel.Packed;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.VectorMath;

/** Products of a batch of rows with a weight matrix. */
public final class Linear {
  private Linear() {}

  /**
   * y = act(x W^T + b), PyTorch's Linear with the ReLU fused.
   *
   * @param x [rows, in]
   * @param w [out, in]
   * @param b [out], or null
   * @return [rows, out]
   */
  public static Variable apply(Variable x, Variable w, Variable b, Activation activation) {
    return product(x, w, true, b, activation);
  }

  /**
   * y = x W.
   *
   * @param x [rows, in]
   * @param w [in, out]
   * @return [rows, out]
   */
  public static Variable product(Variable x, Variable w) {
    return product(x, w, false, null, Activation.NONE);
  }

  /**
   * y = act(x W^T + b) with a W and b that stay; in evaluation only.
   *
   * @param x [rows, in]
   * @param packed W^T [in, out] and b
   * @return [rows, out]
   */
  public static Variable packed(Variable x, Packed packed, Activation activation) {
    Tape tape = x.tape();
    Matrix xm = x.matrix();
    if (tape.training() || packed.rows() != xm.cols()) {
      throw new IllegalArgumentException(
          tape.training()
              ? "linear: packed weights cannot be trained"
              : "linear: x is %s, packed weights take %d columns; they do not fit"
                  .formatted(x.shape(), packed.rows()));
    }
    MatMulKernel matMul = tape.kernels().matMul();
    Variable y = tape.output(false, xm.rows(), packed.cols());
    Matrix ym = y.matrix();
    tape.forward(() -> matMul.gemm(xm, packed, activation, ym));
    return y;
  }

  private static Variable product(
      Variable x, Variable w, boolean transposed, Variable b, Activation activation) {
    Tape tape = x.tape();
    MatMulKernel matMul = tape.kernels().matMul();
    VectorMath math = tape.kernels().math();
    Matrix xm = x.matrix();
    Matrix wm = transposed ? w.transposed() : w.matrix();
    if (w.shape().rank() != 2 || wm.rows() != xm.cols()) {
      String how = transposed ? " (transposed)" : "";
      throw new IllegalArgumentException(
          "linear: x is " + x.shape() + ", w is " + w.shape() + how + "; they do not fit");
    }
    if (b != null) {
      ShapeChecks.size("linear", "b", b, wm.cols());
    }
    boolean needsGradient =
        x.needsGradient() || w.needsGradient() || (b != null && b.needsGradient());
    Variable y = tape.output(needsGradient, xm.rows(), wm.cols());
    Epilogue epilogue = Epilogue.of(b == null ? null : b.vec(), activation);
    Matrix ym = y.matrix();
    tape.forward(() -> matMul.gemm(xm, wm, ym, epilogue, 1, 0));
    tape.record(
        y,
        () -> {
          Matrix dy = y.gradient().matrix();
          if (activation == Activation.RELU) {
            math.reluGradient(y.vec(), y.gradient().vec(), 1, y.gradient().vec(), false);
          }
          if (w.needsGradient() && transposed) {
            matMul.gemm(y.gradient().transposed(), xm, w.gradient().matrix(), w.startGradient());
          } else if (w.needsGradient()) {
            matMul.gemm(x.transposed(), dy, w.gradient().matrix(), w.startGradient());
          }
          if (b != null && b.needsGradient()) {
            math.columnSums(dy, b.gradient().vec(), b.startGradient());
          }
          if (x.needsGradient()) {
            matMul.gemm(
                dy,
                transposed ? w.matrix() : w.transposed(),
                x.gradient().matrix(),
                x.startGradient());
          }
        });
    return y;
  }
}
