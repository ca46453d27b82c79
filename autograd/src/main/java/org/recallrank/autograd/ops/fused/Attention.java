package org.recallrank.autograd.ops.fused;

import java.util.stream.Stream;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;
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
    ShapeChecks.sameSize("attention", q, k);
    ShapeChecks.sameSize("attention", q, v);
    Attention op = new Attention(q, heads, scale);
    Variable y =
        tape.output(q.needsGradient() || k.needsGradient() || v.needsGradient(), q.shape());
    Tensor weights = tape.allocate(op.rows, heads, op.fields, op.fields);
    Matrices[] qs = op.heads(q.value());
    Matrices[] ks = op.heads(k.value());
    Matrices[] vs = op.heads(v.value());
    Matrices[] ksTransposed = transposed(ks);
    Matrices[] ws = op.weights(weights);
    Range matching =
        (from, to) -> {
          op.multiply(from, to, scale, qs, ksTransposed, ws, false);
          op.softmax(from, to, weights);
        };
    boolean drops = tape.training() && dropout > 0;
    long seed = drops ? tape.nextSeed() : 0;
    Tensor kept = drops ? tape.allocate(weights.shape()) : weights;
    Matrices[] keptWeights = op.weights(kept);
    Matrices[] ys = op.heads(y.value());
    Range mixing = (from, to) -> op.multiply(from, to, 1, keptWeights, vs, ys, false);
    tape.forward(
        () -> {
          op.workers.forRanges(op.rows, op.grain, matching);
          if (drops) {
            op.math.dropout(weights.vec(), kept.vec(), dropout, seed, false);
          }
          op.workers.forRanges(op.rows, op.grain, mixing);
        });
    tape.record(
        y,
        () -> {
          Tensor dWeights = tape.allocate(weights.shape());
          Matrices[] dws = op.weights(dWeights);
          Matrices[] dwsTransposed = transposed(dws);
          Matrices[] keptTransposed = transposed(keptWeights);
          Matrices[] vsTransposed = transposed(vs);
          Matrices[] dys = op.heads(y.gradient());
          boolean addToV = v.needsGradient() && v.startGradient();
          Matrices[] dvs = v.needsGradient() ? op.heads(v.gradient()) : null;
          op.workers.forRanges(
              op.rows,
              op.grain,
              (from, to) -> {
                op.multiply(from, to, 1, dys, vsTransposed, dws, false);
                if (dvs != null) {
                  op.multiply(from, to, 1, keptTransposed, dys, dvs, addToV);
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
          Matrices[] dqs = q.needsGradient() ? op.heads(q.gradient()) : null;
          Matrices[] dks = k.needsGradient() ? op.heads(k.gradient()) : null;
          op.workers.forRanges(
              op.rows,
              op.grain,
              (from, to) -> {
                op.throughSoftmax(from, to, weights, dWeights);
                if (dqs != null) {
                  op.multiply(from, to, scale, dws, ks, dqs, addToQ);
                }
                if (dks != null) {
                  op.multiply(from, to, scale, dwsTransposed, qs, dks, addToK);
                }
              });
        });
    return y;
  }

  /** For each head its columns of x, a matrix [F, a / heads] per row. */
  private Matrices[] heads(Tensor x) {
    Matrices[] all = new Matrices[heads];
    for (int h = 0; h < heads; h++) {
      all[h] = Matrices.of(x.matrix().columns(h * headWidth, headWidth), fields);
    }
    return all;
  }

  /** For each head its weights, a matrix [F, F] per row. */
  private Matrices[] weights(Tensor w) {
    Matrices[] all = new Matrices[heads];
    for (int h = 0; h < heads; h++) {
      Matrix first = new Matrix(w.data(), w.offset() + h * fields * fields, fields, fields);
      all[h] = new Matrices(first, rows, heads * fields * fields);
    }
    return all;
  }

  private static Matrices[] transposed(Matrices[] all) {
    return Stream.of(all).map(Matrices::t).toArray(Matrices[]::new);
  }

  private void softmax(int from, int to, Tensor weights) {
    int at = from * heads * fields * fields;
    math.softmaxRows(weights.data(), at, (to - from) * heads * fields, fields, weights.data(), at);
  }

  private void throughSoftmax(int from, int to, Tensor weights, Tensor dWeights) {
    Matrix dw = dWeights.matrix();
    int perRow = heads * fields;
    math.softmaxRowsGradient(weights.matrix(), dw, dw, false, from * perRow, to * perRow);
  }

  /** c (+)= factor * a b in each head, of some rows. */
  private void multiply(
      int from, int to, float factor, Matrices[] a, Matrices[] b, Matrices[] c, boolean add) {
    int n = to - from;
    for (int h = 0; h < heads; h++) {
      matMul.batched(a[h].part(from, n), b[h].part(from, n), c[h].part(from, n), factor, add);
    }
  }
}
