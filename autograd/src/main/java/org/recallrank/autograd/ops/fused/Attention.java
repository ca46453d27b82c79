package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Checks;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * Dot-product attention between the fields of a row, with several heads (Vaswani et al., NIPS
 * 2017): in each head Y = dropout(softmax(scale * Q K^T)) V.
 *
 * <p>Head h has the columns from h * a / heads on of Q, K, V [rows, F, a] and of the result, of the
 * same shape. Meant for few fields: the weights, [rows, heads, F, F], are kept.
 */
public final class Attention {
  /** Floats of Q, K or V per chunk of rows, so that what is read twice is still in the caches. */
  private static final int GRAIN = 1 << 14;

  private final MatMulKernel matMul;
  private final VectorMath math;
  private final Workers workers;
  private final int rows;
  private final int fields;
  private final int width;
  private final int heads;
  private final int headWidth;
  private final float scale;
  private final int grain;

  private Attention(Variable q, int heads, float scale) {
    Tape tape = q.tape();
    matMul = tape.kernels().matMul();
    math = tape.kernels().math();
    workers = tape.kernels().workers();
    rows = q.shape().dim(0);
    fields = q.shape().dim(1);
    width = q.shape().dim(2);
    this.heads = heads;
    this.scale = scale;
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "attention: " + width + " columns cannot be split into " + heads + " equal heads");
    }
    headWidth = width / heads;
    grain = Math.max(1, GRAIN / (fields * width));
  }

  /**
   * Attention.
   *
   * @param q [rows, F, a]
   * @param k of the same shape
   * @param v of the same shape
   * @param heads a must be a multiple of it
   * @param scale what scores are multiplied with: 1, or 1 / sqrt(a / heads)
   * @param dropout probability of dropping a weight in training
   * @return [rows, F, a]
   */
  public static Variable apply(
      Variable q, Variable k, Variable v, int heads, float scale, float dropout) {
    Tape tape = q.tape();
    Checks.sameSize("attention", q, k);
    Checks.sameSize("attention", q, v);
    Attention op = new Attention(q, heads, scale);
    Variable y =
        tape.output(q.needsGradient() || k.needsGradient() || v.needsGradient(), q.shape());
    Tensor weights = tape.allocate(op.rows, heads, op.fields, op.fields);
    op.workers.forRanges(
        op.rows, op.grain, (from, to) -> op.weights(from, to, q.value(), k.value(), weights));
    boolean drops = tape.training() && dropout > 0;
    long seed = drops ? tape.nextSeed() : 0;
    Tensor kept = drops ? tape.allocate(weights.shape()) : weights;
    if (drops) {
      op.math.dropout(weights.vec(), kept.vec(), dropout, seed, false);
    }
    op.workers.forRanges(
        op.rows,
        op.grain,
        (from, to) -> op.multiply(false, from, to, 1, kept, v.value(), y.value(), false));
    tape.record(
        y,
        () -> {
          Tensor dWeights = tape.allocate(weights.shape());
          Tensor dy = y.gradient();
          boolean addToV = v.needsGradient() && v.startGradient();
          Tensor dv = v.needsGradient() ? v.gradient() : null;
          op.workers.forRanges(
              op.rows,
              op.grain,
              (from, to) -> {
                op.multiplyTurned(from, to, 1, dy, v.value(), dWeights);
                if (dv != null) {
                  op.multiply(true, from, to, 1, kept, dy, dv, addToV);
                }
              });
          if (!q.needsGradient() && !k.needsGradient()) {
            return;
          }
          if (drops) {
            op.math.dropout(dWeights.vec(), dWeights.vec(), dropout, seed, false);
          }
          boolean addToQ = q.needsGradient() && q.startGradient();
          boolean addToK = k.needsGradient() && k.startGradient();
          Tensor dq = q.needsGradient() ? q.gradient() : null;
          Tensor dk = k.needsGradient() ? k.gradient() : null;
          op.workers.forRanges(
              op.rows,
              op.grain,
              (from, to) -> {
                op.throughSoftmax(from, to, weights, dWeights);
                if (dq != null) {
                  op.multiply(false, from, to, scale, dWeights, k.value(), dq, addToQ);
                }
                if (dk != null) {
                  op.multiply(true, from, to, scale, dWeights, q.value(), dk, addToK);
                }
              });
        });
    return y;
  }

  /** The columns of a head in some rows. */
  private Matrices head(Tensor x, int row, int head) {
    return new Matrices(
        x.data(), x.offset() + row * fields * width + head * headWidth, width, fields * width);
  }

  private Matrices weights(Tensor w, int row, int head) {
    int size = fields * fields;
    return new Matrices(w.data(), (row * heads + head) * size, fields, heads * size);
  }

  private void weights(int from, int to, Tensor q, Tensor k, Tensor weights) {
    multiplyTurned(from, to, scale, q, k, weights);
    int at = from * heads * fields * fields;
    math.softmaxRows(weights.data(), at, (to - from) * heads * fields, fields, weights.data(), at);
  }

  private void throughSoftmax(int from, int to, Tensor weights, Tensor dWeights) {
    Matrix dw = dWeights.matrix();
    int perRow = heads * fields;
    math.softmaxRowsGradient(weights.matrix(), dw, dw, false, from * perRow, to * perRow);
  }

  /** weights = factor * x y^T in each head. */
  private void multiplyTurned(int from, int to, float factor, Tensor x, Tensor y, Tensor weights) {
    for (int h = 0; h < heads; h++) {
      matMul.batched(
          false,
          true,
          to - from,
          fields,
          fields,
          headWidth,
          factor,
          head(x, from, h),
          head(y, from, h),
          weights(weights, from, h),
          false);
    }
  }

  /** y (+)= factor * weights x in each head, or with the weights transposed. */
  private void multiply(
      boolean transposed,
      int from,
      int to,
      float factor,
      Tensor weights,
      Tensor x,
      Tensor y,
      boolean add) {
    for (int h = 0; h < heads; h++) {
      matMul.batched(
          transposed,
          false,
          to - from,
          fields,
          headWidth,
          fields,
          factor,
          weights(weights, from, h),
          head(x, from, h),
          head(y, from, h),
          add);
    }
  }
}
