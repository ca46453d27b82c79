package org.recallrank.autograd.ops.fused;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * All cross layers of DCN (Wang et al., ADKDD 2017) from x_0 to x_L: x_{l+1} = x_l + (w_l . x_l)
 * x_0 + b_l.
 *
 * <p>Each x_l is a multiple of x_0 plus a vector that all rows share: x_l = c_l x_0 + B_l, with B_l
 * = b_0 + .. + b_{l-1}, c_0 = 1 and c_{l+1} = c_l + w_l . x_l = (1 + p_l) c_l + q_l, where p_l =
 * w_l . x_0 and q_l = w_l . B_l. So one product X_0 W^T [rows, L] does for all layers, and no x_l
 * but the last is ever formed.
 */
public final class CrossLayers {
  private final VectorMath math;
  private final MatMulKernel matMul;
  private final Workers workers;
  private final Variable x0;
  private final Variable[] w;
  private final Variable[] b;
  private final int rows;
  private final int n;
  private final int layers;

  /** w_l, one below the other, [L, n]. */
  private final Tensor weights;

  /** B_0 .. B_L, [L + 1, n]. */
  private final float[] sums;

  /** p_l of each row, [rows, L]. */
  private final Tensor p;

  /** q_l, [L]. */
  private final float[] q;

  /** c_0 .. c_L of each row, [rows, L + 1]. */
  private final float[] c;

  private CrossLayers(Variable x0, Variable[] w, Variable[] b) {
    Tape tape = x0.tape();
    math = tape.kernels().math();
    matMul = tape.kernels().matMul();
    workers = tape.kernels().workers();
    this.x0 = x0;
    this.w = w;
    this.b = b;
    rows = x0.value().rows();
    n = x0.value().cols();
    layers = w.length;
    weights = tape.allocate(layers, n);
    sums = tape.allocate(layers + 1, n).data();
    p = tape.allocate(rows, layers);
    q = tape.allocate(layers).data();
    c = tape.allocate(rows, layers + 1).data();
  }

  /**
   * Records all L layers as one operation.
   *
   * @param x0 [rows, n]
   * @param w w_0 .. w_{L-1}, n elements each
   * @param b b_0 .. b_{L-1}, n elements each
   * @return x_L [rows, n]
   */
  public static Variable apply(Variable x0, Variable[] w, Variable[] b) {
    Tape tape = x0.tape();
    boolean needsGradient = x0.needsGradient();
    for (int l = 0; l < w.length; l++) {
      ShapeChecks.size("cross layers", "w", w[l], x0.value().cols());
      ShapeChecks.size("cross layers", "b", b[l], x0.value().cols());
      needsGradient |= w[l].needsGradient() || b[l].needsGradient();
    }
    CrossLayers op = new CrossLayers(x0, w, b);
    Variable y = tape.output(needsGradient, op.rows, op.n);
    Tensor to = y.value();
    tape.forward(() -> op.forward(to));
    tape.record(y, () -> op.backward(y.gradient()));
    return y;
  }

  private void forward(Tensor y) {
    Arrays.fill(sums, 0, n, 0);
    for (int l = 0; l < layers; l++) {
      Tensor wl = w[l].value();
      Tensor bl = b[l].value();
      System.arraycopy(wl.data(), wl.offset(), weights.data(), l * n, n);
      q[l] = (float) math.dot(weights.data(), l * n, sums, l * n, n);
      math.add(sums, l * n, bl.data(), bl.offset(), sums, (l + 1) * n, n);
    }
    Tensor x = x0.value();
    matMul.gemm(x.matrix(), weights.transposed(), p.matrix());
    workers.forRows(
        rows,
        n,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float ci = coefficients(i);
            int xi = x.offset() + i * n;
            int yi = y.offset() + i * n;
            for (int j = 0; j < n; j++) {
              y.data()[yi + j] = ci * x.data()[xi + j] + sums[layers * n + j];
            }
          }
        });
  }

  /** Fills in c_0 .. c_L of a row and returns c_L. */
  private float coefficients(int row) {
    float value = 1;
    int at = row * (layers + 1);
    c[at] = value;
    for (int l = 0; l < layers; l++) {
      value += value * p.get(row * layers + l) + q[l];
      c[at + l + 1] = value;
    }
    return value;
  }

  private void backward(Tensor dy) {
    Tape tape = x0.tape();
    float[] dc = tape.allocate(rows, layers).data(); // of c_1 .. c_L; dq_l sums dc_{l+1}
    Tensor dp = tape.allocate(rows, layers);
    float[] dq = tape.allocate(layers).data();
    Tensor x = x0.value();
    workers.forRows(
        rows,
        n,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            double d = math.dot(dy.data(), dy.offset() + i * n, x.data(), x.offset() + i * n, n);
            for (int l = layers - 1; l >= 0; l--) {
              dc[i * layers + l] = (float) d;
              dp.set(i * layers + l, (float) (d * c[i * (layers + 1) + l]));
              d += d * p.get(i * layers + l);
            }
          }
        });
    math.columnSums(Matrix.of(dc, rows, layers), new Vec(dq, 0, layers), false);
    inputGradient(dy, dp);
    weightGradients(tape.allocate(layers, n), dp, dq);
    biasGradients(tape.allocate(n).data(), dy, dq);
  }

  /** dX_0 = dP W + c_L dY. */
  private void inputGradient(Tensor dy, Tensor dp) {
    if (!x0.needsGradient()) {
      return;
    }
    Tensor dx = x0.gradient();
    matMul.gemm(dp.matrix(), weights.matrix(), dx.matrix(), x0.startGradient());
    workers.forRows(
        rows,
        n,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float last = c[i * (layers + 1) + layers];
            math.scale(
                last, dy.data(), dy.offset() + i * n, dx.data(), dx.offset() + i * n, n, true);
          }
        });
  }

  /** dw_l = dP_l^T X_0 + dq_l B_l. */
  private void weightGradients(Tensor dw, Tensor dp, float[] dq) {
    matMul.gemm(dp.transposed(), x0.matrix(), dw.matrix());
    for (int l = 0; l < layers; l++) {
      math.scale(dq[l], sums, l * n, dw.data(), l * n, n, true);
      add(dw.data(), l * n, w[l]);
    }
  }

  /** db_l = sum of the rows of dY + sum over m > l of dq_m w_m. */
  private void biasGradients(float[] db, Tensor dy, float[] dq) {
    math.columnSums(dy.matrix(), new Vec(db, 0, n), false);
    for (int l = layers - 1; l >= 0; l--) {
      add(db, 0, b[l]);
      math.scale(dq[l], weights.data(), l * n, db, 0, n, true);
    }
  }

  private void add(float[] gradient, int at, Variable to) {
    if (to.needsGradient()) {
      boolean add = to.startGradient();
      Tensor g = to.gradient();
      math.scale(1, gradient, at, g.data(), g.offset(), n, add);
    }
  }
}
