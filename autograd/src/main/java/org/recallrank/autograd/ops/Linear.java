package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Tensor;

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

  private static Variable product(
      Variable x, Variable w, boolean transposeW, Variable b, Activation activation) {
    Tape tape = x.tape();
    Tensor xv = x.value();
    Tensor wv = w.value();
    int rows = xv.rows();
    int in = xv.cols();
    if (wv.shape().rank() != 2 || wv.shape().dim(transposeW ? 1 : 0) != in) {
      throw new IllegalArgumentException(
          "linear: x is "
              + x.shape()
              + ", w is "
              + w.shape()
              + (transposeW ? " (transposed)" : "")
              + "; the inner dimensions differ");
    }
    int out = wv.shape().dim(transposeW ? 0 : 1);
    if (b != null) {
      Checks.size("linear", "b", b, out);
    }
    MatMulKernel kernel = tape.kernels().matMul();
    Variable y =
        tape.output(
            x.needsGradient() || w.needsGradient() || (b != null && b.needsGradient()), rows, out);
    Tensor yv = y.value();
    kernel.gemm(
        false,
        transposeW,
        rows,
        out,
        in,
        1,
        xv.data(),
        xv.offset(),
        in,
        wv.data(),
        wv.offset(),
        wv.cols(),
        0,
        yv.data(),
        yv.offset(),
        out,
        b == null ? null : b.value().data(),
        b == null ? 0 : b.value().offset(),
        activation);
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          if (activation == Activation.RELU) {
            tape.kernels().math().reluGradient(y.vec(), dy.vec(), 1, dy.vec(), false);
          }
          if (w.needsGradient()) {
            float beta = w.startGradient() ? 1 : 0;
            Tensor dw = w.gradient();
            if (transposeW) { // dW [out, in] = dy^T x
              kernel.gemm(
                  true,
                  false,
                  out,
                  in,
                  rows,
                  1,
                  dy.data(),
                  dy.offset(),
                  out,
                  xv.data(),
                  xv.offset(),
                  in,
                  beta,
                  dw.data(),
                  dw.offset(),
                  in);
            } else { // dW [in, out] = x^T dy
              kernel.gemm(
                  true,
                  false,
                  in,
                  out,
                  rows,
                  1,
                  xv.data(),
                  xv.offset(),
                  in,
                  dy.data(),
                  dy.offset(),
                  out,
                  beta,
                  dw.data(),
                  dw.offset(),
                  out);
            }
          }
          if (b != null && b.needsGradient()) {
            var math = tape.kernels().math();
            math.columnSums(dy.matrix(), b.gradient().vec(), b.startGradient());
          }
          if (x.needsGradient()) { // dx = dy op(W)^T
            float beta = x.startGradient() ? 1 : 0;
            Tensor dx = x.gradient();
            kernel.gemm(
                false,
                !transposeW,
                rows,
                in,
                out,
                1,
                dy.data(),
                dy.offset(),
                out,
                wv.data(),
                wv.offset(),
                wv.cols(),
                beta,
                dx.data(),
                dx.offset(),
                in);
          }
        });
    return y;
  }
}
