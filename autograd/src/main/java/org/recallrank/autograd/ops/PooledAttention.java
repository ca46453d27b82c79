package org.recallrank.autograd.ops;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * Multi-head attention of one query per row over a list of the row's own, which so becomes one
 * vector. Head h takes an equal part of the columns; in it, with keys and values of the row,
 *
 * <pre>
 * P_j = softmax over j of (scale * q . k_j)       y = sum over j of P_j * w_j * v_j
 * </pre>
 */
public final class PooledAttention {
  /** Multiply-adds per chunk. */
  private static final int GRAIN = 1 << 16;

  private PooledAttention() {}

  /**
   * @param q [rows, width]
   * @param k [rows * length, width]
   * @param v [rows * length, width]
   * @param w [rows, length], a weight for each value
   * @param heads divides width
   * @return [rows, width]
   */
  public static Variable apply(
      Tape tape, Variable q, Variable k, Variable v, Variable w, int heads, float scale) {
    Sizes s = Sizes.of(q, k, v, w, heads);
    Tensor p = tape.allocate(s.rows, heads, s.length);
    boolean needsGradient =
        q.needsGradient() || k.needsGradient() || v.needsGradient() || w.needsGradient();
    Variable y = tape.output(needsGradient, s.rows, s.width);
    var math = tape.kernels().math();
    tape.kernels()
        .workers()
        .forRanges(
            s.rows,
            s.grain(),
            (from, to) -> {
              for (int row = from; row < to; row++) {
                scores(s, row, scale, q.value(), k.value(), p);
              }
              int at = from * heads * s.length;
              math.softmaxRows(p.data(), at, (to - from) * heads, s.length, p.data(), at);
              for (int row = from; row < to; row++) {
                sums(s, row, p, v.value(), w.value(), y.value());
              }
            });
    tape.record(y, () -> backward(tape, s, scale, p, q, k, v, w, y.gradient()));
    return y;
  }

  private record Sizes(int rows, int length, int heads, int width) {
    static Sizes of(Variable q, Variable k, Variable v, Variable w, int heads) {
      int width = q.value().cols();
      if (k.value().cols() != width || v.value().cols() != width || width % heads != 0) {
        throw new IllegalArgumentException(
            "pooled attention: queries "
                + q.shape()
                + ", keys "
                + k.shape()
                + " and values "
                + v.shape()
                + " need one width that is a multiple of "
                + heads
                + " heads");
      }
      int rows = q.value().rows();
      int length = k.value().rows() / Math.max(1, rows);
      if (k.value().rows() != rows * length || v.value().rows() != rows * length) {
        throw new IllegalArgumentException(
            "pooled attention: keys "
                + k.shape()
                + " and values "
                + v.shape()
                + " do not make equal lists for "
                + rows
                + " rows");
      }
      Checks.size("pooled attention", "w", w, rows * length);
      return new Sizes(rows, length, heads, width);
    }

    int grain() {
      return Math.max(1, GRAIN / Math.max(1, length * width));
    }

    int headWidth() {
      return width / heads;
    }
  }

  private static void scores(Sizes s, int row, float scale, Tensor q, Tensor k, Tensor p) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      int query = q.offset() + row * s.width + h * dh;
      int at = (row * s.heads + h) * s.length;
      for (int j = 0; j < s.length; j++) {
        int key = k.offset() + (row * s.length + j) * s.width + h * dh;
        p.data()[at + j] = scale * dot(q.data(), query, k.data(), key, dh);
      }
    }
  }

  private static void sums(Sizes s, int row, Tensor p, Tensor v, Tensor w, Tensor y) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      int at = (row * s.heads + h) * s.length;
      int sum = y.offset() + row * s.width + h * dh;
      Arrays.fill(y.data(), sum, sum + dh, 0);
      for (int j = 0; j < s.length; j++) {
        int pair = row * s.length + j;
        int value = v.offset() + pair * s.width + h * dh;
        add(p.data()[at + j] * w.get(pair), v.data(), value, y.data(), sum, dh);
      }
    }
  }

  private static void backward(
      Tape tape,
      Sizes s,
      float scale,
      Tensor p,
      Variable q,
      Variable k,
      Variable v,
      Variable w,
      Tensor dy) {
    Tensor dp = tape.allocate(s.rows, s.heads, s.length);
    Tensor dq = q.needsGradient() ? q.gradientToAddTo() : null;
    Tensor dk = k.needsGradient() ? k.gradientToAddTo() : null;
    Tensor dv = v.needsGradient() ? v.gradientToAddTo() : null;
    Tensor dw = w.needsGradient() ? w.gradientToAddTo() : null;
    var math = tape.kernels().math();
    tape.kernels()
        .workers()
        .forRanges(
            s.rows,
            s.grain(),
            (from, to) -> {
              for (int row = from; row < to; row++) {
                sumsGradient(s, row, p, v.value(), w.value(), dy, dp, dv, dw);
              }
              int at = from * s.heads * s.length;
              math.softmaxRowsGradient(
                  p.data(),
                  at,
                  dp.data(),
                  at,
                  (to - from) * s.heads,
                  s.length,
                  dp.data(),
                  at,
                  false);
              for (int row = from; row < to; row++) {
                scoresGradient(s, row, scale, q.value(), k.value(), dp, dq, dk);
              }
            });
  }

  private static void sumsGradient(
      Sizes s, int row, Tensor p, Tensor v, Tensor w, Tensor dy, Tensor dp, Tensor dv, Tensor dw) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      int at = (row * s.heads + h) * s.length;
      int sum = dy.offset() + row * s.width + h * dh;
      for (int j = 0; j < s.length; j++) {
        int pair = row * s.length + j;
        int value = pair * s.width + h * dh;
        float weight = w.get(pair);
        float product = dot(dy.data(), sum, v.data(), v.offset() + value, dh);
        dp.set(at + j, weight * product);
        if (dw != null) {
          dw.set(pair, dw.get(pair) + p.get(at + j) * product);
        }
        if (dv != null) {
          add(p.get(at + j) * weight, dy.data(), sum, dv.data(), dv.offset() + value, dh);
        }
      }
    }
  }

  private static void scoresGradient(
      Sizes s, int row, float scale, Tensor q, Tensor k, Tensor ds, Tensor dq, Tensor dk) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      int at = (row * s.heads + h) * s.length;
      int query = row * s.width + h * dh;
      for (int j = 0; j < s.length; j++) {
        int key = (row * s.length + j) * s.width + h * dh;
        float g = scale * ds.get(at + j);
        if (dq != null) {
          add(g, k.data(), k.offset() + key, dq.data(), dq.offset() + query, dh);
        }
        if (dk != null) {
          add(g, q.data(), q.offset() + query, dk.data(), dk.offset() + key, dh);
        }
      }
    }
  }

  private static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += x[xAt + i] * y[yAt + i];
    }
    return sum;
  }

  /** y += alpha * x. */
  private static void add(float alpha, float[] x, int xAt, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] += alpha * x[xAt + i];
    }
  }
}
