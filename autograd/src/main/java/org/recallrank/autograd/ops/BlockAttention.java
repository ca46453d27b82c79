package org.recallrank.autograd.ops;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.tensor.Tensor;

/**
 * Multi-head attention (Vaswani et al., 2017) within blocks of rows: a block has its queries and
 * its keys, and nothing looks beyond its block. Head h takes an equal part of the columns; in it
 *
 * <pre>
 * P_ij = softmax over j of (scale * q_i . k_j)       y_i = sum over j of P_ij * w_j * v_j
 * </pre>
 *
 * <p>Blocks are small (the fields of a row, or one query over a list), so plain loops do it.
 */
public final class BlockAttention {
  /** Multiply-adds per chunk. */
  private static final int GRAIN = 1 << 16;

  private BlockAttention() {}

  /**
   * @param q [blocks * lq, width]
   * @param k [blocks * lk, width]
   * @param v [blocks * lk, width]
   * @param w a weight for each row of v, or null for 1
   * @param heads divides width
   * @return [blocks * lq, width]
   */
  public static Variable apply(
      Tape tape,
      Variable q,
      Variable k,
      Variable v,
      Variable w,
      int blocks,
      int heads,
      float scale) {
    Sizes s = Sizes.of(q, k, v, w, blocks, heads);
    Tensor p = tape.allocate(blocks, heads * s.lq, s.lk);
    boolean needsGradient =
        q.needsGradient()
            || k.needsGradient()
            || v.needsGradient()
            || (w != null && w.needsGradient());
    Variable y = tape.output(needsGradient, blocks * s.lq, s.width);
    var math = tape.kernels().math();
    tape.kernels()
        .workers()
        .forRanges(
            blocks,
            s.grain(),
            (from, to) -> {
              int rows = heads * s.lq;
              for (int b = from; b < to; b++) {
                scores(s, b, scale, q.value(), k.value(), p);
              }
              int at = p.offset() + from * rows * s.lk;
              math.softmaxRows(p.data(), at, (to - from) * rows, s.lk, p.data(), at);
              for (int b = from; b < to; b++) {
                sums(s, b, p, v.value(), w == null ? null : w.value(), y.value());
              }
            });
    tape.record(y, () -> backward(tape, s, scale, p, q, k, v, w, y.gradient()));
    return y;
  }

  private record Sizes(int blocks, int lq, int lk, int heads, int width) {
    static Sizes of(Variable q, Variable k, Variable v, Variable w, int blocks, int heads) {
      int width = q.value().cols();
      if (k.value().cols() != width || v.value().cols() != width || width % heads != 0) {
        throw new IllegalArgumentException(
            "attention: queries "
                + q.shape()
                + ", keys "
                + k.shape()
                + " and values "
                + v.shape()
                + " need one width that is a multiple of "
                + heads
                + " heads");
      }
      int queries = q.value().rows();
      int keys = k.value().rows();
      if (queries % blocks != 0 || keys % blocks != 0 || v.value().rows() != keys) {
        throw new IllegalArgumentException(
            "attention: "
                + queries
                + " queries, "
                + keys
                + " keys and "
                + v.value().rows()
                + " values do not make "
                + blocks
                + " blocks");
      }
      if (w != null) {
        Checks.size("attention", "w", w, keys);
      }
      return new Sizes(blocks, queries / blocks, keys / blocks, heads, width);
    }

    int grain() {
      return Math.max(1, GRAIN / Math.max(1, lq * lk * width));
    }

    int headWidth() {
      return width / heads;
    }

    /** Where in P the row of a query in a head of a block begins. */
    int at(int block, int head, int query) {
      return ((block * heads + head) * lq + query) * lk;
    }
  }

  private static void scores(Sizes s, int b, float scale, Tensor q, Tensor k, Tensor p) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      for (int i = 0; i < s.lq; i++) {
        int qi = q.offset() + (b * s.lq + i) * s.width + h * dh;
        int at = p.offset() + s.at(b, h, i);
        for (int j = 0; j < s.lk; j++) {
          int kj = k.offset() + (b * s.lk + j) * s.width + h * dh;
          p.data()[at + j] = scale * dot(q.data(), qi, k.data(), kj, dh);
        }
      }
    }
  }

  private static void sums(Sizes s, int b, Tensor p, Tensor v, Tensor w, Tensor y) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      for (int i = 0; i < s.lq; i++) {
        int at = p.offset() + s.at(b, h, i);
        int yi = y.offset() + (b * s.lq + i) * s.width + h * dh;
        Arrays.fill(y.data(), yi, yi + dh, 0);
        for (int j = 0; j < s.lk; j++) {
          float weight = p.data()[at + j] * (w == null ? 1 : w.get(b * s.lk + j));
          add(weight, v.data(), v.offset() + (b * s.lk + j) * s.width + h * dh, y.data(), yi, dh);
        }
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
    Tensor dp = tape.allocate(s.blocks, s.heads * s.lq, s.lk);
    Tensor dq = q.needsGradient() ? q.gradientToAddTo() : null;
    Tensor dk = k.needsGradient() ? k.gradientToAddTo() : null;
    Tensor dv = v.needsGradient() ? v.gradientToAddTo() : null;
    Tensor dw = w != null && w.needsGradient() ? w.gradientToAddTo() : null;
    Tensor weights = w == null ? null : w.value();
    var math = tape.kernels().math();
    tape.kernels()
        .workers()
        .forRanges(
            s.blocks,
            s.grain(),
            (from, to) -> {
              for (int b = from; b < to; b++) {
                sumsGradient(s, b, p, v.value(), weights, dy, dp, dv, dw);
              }
              int rows = s.heads * s.lq;
              int first = from * rows * s.lk;
              math.softmaxRowsGradient(
                  p.data(),
                  p.offset() + first,
                  dp.data(),
                  dp.offset() + first,
                  (to - from) * rows,
                  s.lk,
                  dp.data(),
                  dp.offset() + first,
                  false);
              for (int b = from; b < to; b++) {
                scoresGradient(s, b, scale, q.value(), k.value(), dp, dq, dk);
              }
            });
  }

  private static void sumsGradient(
      Sizes s, int b, Tensor p, Tensor v, Tensor w, Tensor dy, Tensor dp, Tensor dv, Tensor dw) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      for (int i = 0; i < s.lq; i++) {
        int at = s.at(b, h, i);
        int dyi = dy.offset() + (b * s.lq + i) * s.width + h * dh;
        for (int j = 0; j < s.lk; j++) {
          int row = b * s.lk + j;
          int vj = row * s.width + h * dh;
          float weight = w == null ? 1 : w.get(row);
          float product = dot(dy.data(), dyi, v.data(), v.offset() + vj, dh);
          dp.set(at + j, weight * product);
          float pij = p.get(at + j);
          if (dw != null) {
            dw.set(row, dw.get(row) + pij * product);
          }
          if (dv != null) {
            add(pij * weight, dy.data(), dyi, dv.data(), dv.offset() + vj, dh);
          }
        }
      }
    }
  }

  private static void scoresGradient(
      Sizes s, int b, float scale, Tensor q, Tensor k, Tensor ds, Tensor dq, Tensor dk) {
    int dh = s.headWidth();
    for (int h = 0; h < s.heads; h++) {
      for (int i = 0; i < s.lq; i++) {
        int at = s.at(b, h, i);
        int qi = (b * s.lq + i) * s.width + h * dh;
        for (int j = 0; j < s.lk; j++) {
          int kj = (b * s.lk + j) * s.width + h * dh;
          float g = scale * ds.get(at + j);
          if (dq != null) {
            add(g, k.data(), k.offset() + kj, dq.data(), dq.offset() + qi, dh);
          }
          if (dk != null) {
            add(g, q.data(), q.offset() + qi, dk.data(), dk.offset() + kj, dh);
          }
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
