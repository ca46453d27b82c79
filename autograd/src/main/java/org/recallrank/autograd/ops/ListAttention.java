package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.VectorMath;
import org.recallrank.tensor.Tensor;

/**
 * Multi-head self-attention over the entities of a list, where each row weighs the values of its
 * list in its own way: with P = softmax over j of (scale * q_i . k_j), of each head,
 *
 * <pre>
 * y[row, i] = sum over j of P[list of row]_ij * w[row, j] * v_j
 * </pre>
 *
 * <p>P does not depend on the row, so it is computed once per list.
 */
public final class ListAttention {
  /** At most so many chunks, each with work arrays of its own. */
  private static final int CHUNKS = 64;

  private ListAttention() {}

  /**
   * @param q [entities, width], and so are k and v
   * @param w [to - from, length]
   * @param lists whose rows {@code from} to {@code to - 1} are computed
   * @param heads divides width
   * @return [(to - from) * length, width]
   */
  public static Variable apply(
      Tape tape,
      Variable q,
      Variable k,
      Variable v,
      Variable w,
      RowLists lists,
      int from,
      int to,
      int heads,
      float scale) {
    int width = q.value().cols();
    if (k.value().cols() != width || v.value().cols() != width || width % heads != 0) {
      throw new IllegalArgumentException(
          "list attention: queries "
              + q.shape()
              + ", keys "
              + k.shape()
              + " and values "
              + v.shape()
              + " need one width that is a multiple of "
              + heads
              + " heads");
    }
    Checks.size("list attention", "w", w, (to - from) * lists.length());
    boolean needsGradient =
        q.needsGradient() || k.needsGradient() || v.needsGradient() || w.needsGradient();
    Variable y = tape.output(needsGradient, (to - from) * lists.length(), width);
    Pass pass = new Pass(tape, lists, from, to, width, heads, scale, y.needsGradient());
    pass.forward(q.value(), k.value(), v.value(), w.value(), y.value());
    tape.record(y, () -> pass.backward(q, k, v, w, y.gradient()));
    return y;
  }

  /** One application: its sizes, P if it is to be differentiated, and work arrays per chunk. */
  private static final class Pass {
    private final Tape tape;
    private final MatMulKernel matMul;
    private final VectorMath math;
    private final RowLists lists;
    private final int from;
    private final int to;
    private final int length;
    private final int width;
    private final int heads;
    private final int dh;
    private final float scale;
    private final int firstList;
    private final int listCount;
    private final int grain;
    private final float[] kept; // P [lists, heads, length, length], or null

    Pass(
        Tape tape,
        RowLists lists,
        int from,
        int to,
        int width,
        int heads,
        float scale,
        boolean keep) {
      this.tape = tape;
      matMul = tape.kernels().matMul();
      math = tape.kernels().math();
      this.lists = lists;
      this.from = from;
      this.to = to;
      this.width = width;
      this.heads = heads;
      this.scale = scale;
      length = lists.length();
      dh = width / heads;
      firstList = lists.listOfRow()[from];
      listCount = lists.listOfRow()[to - 1] - firstList + 1;
      grain = (listCount + CHUNKS - 1) / CHUNKS;
      kept = keep ? tape.allocate(listCount, heads, length, length).data() : null;
    }

    /** First row of a list (counted from {@code firstList}), counted from {@code from}. */
    private int firstRow(int list) {
      return Math.max(from, lists.firstRow()[firstList + list]) - from;
    }

    private int endRow(int list) {
      return Math.min(to, lists.firstRow()[firstList + list + 1]) - from;
    }

    /**
     * Where the work array of each chunk begins: room for one [length, length] matrix, for q, k and
     * v of a list, and for {@code wide} matrices [length, rows * dh] of the rows of a list.
     */
    private int[] layOut(int wide) {
      int chunks = (listCount + grain - 1) / grain;
      int[] start = tape.allocateInts(chunks + 1);
      start[0] = 0;
      for (int c = 0; c < chunks; c++) {
        int most = 0;
        for (int l = c * grain; l < Math.min(listCount, (c + 1) * grain); l++) {
          most = Math.max(most, endRow(l) - firstRow(l));
        }
        int floats = length * (length + 3 * width + wide * most * dh);
        start[c + 1] = Math.addExact(start[c], floats);
      }
      return start;
    }

    void forward(Tensor q, Tensor k, Tensor v, Tensor w, Tensor y) {
      int side = length * length;
      int list3 = 3 * length * width;
      int[] start = layOut(2);
      float[] work = tape.allocate(start[(listCount - 1) / grain + 1]).data();
      tape.kernels()
          .workers()
          .forRanges(
              listCount,
              grain,
              (first, end) -> {
                int at = start[first / grain];
                int wide = (start[first / grain + 1] - at - side - list3) / 2;
                int qkv = at + side;
                int values = qkv + list3;
                int sums = values + wide;
                for (int list = first; list < end; list++) {
                  gather(list, q, k, v, work, qkv);
                  for (int h = 0; h < heads; h++) {
                    float[] p = kept == null ? work : kept;
                    int pAt = kept == null ? at : (list * heads + h) * side;
                    probabilities(work, qkv, h, p, pAt);
                    int cols = (endRow(list) - firstRow(list)) * dh;
                    weighValues(list, h, work, qkv, w, work, values, cols);
                    matMul.gemm(
                        false, false, length, cols, length, 1, p, pAt, length, work, values, cols,
                        0, work, sums, cols);
                    spread(list, h, work, sums, cols, y);
                  }
                }
              });
    }

    /** The members' rows of q, k and v behind each other, each [length, width]. */
    private void gather(int list, Tensor q, Tensor k, Tensor v, float[] work, int at) {
      for (int j = 0; j < length; j++) {
        int row = lists.members()[(firstList + list) * length + j] * width;
        int into = at + j * width;
        System.arraycopy(q.data(), q.offset() + row, work, into, width);
        System.arraycopy(k.data(), k.offset() + row, work, into + length * width, width);
        System.arraycopy(v.data(), v.offset() + row, work, into + 2 * length * width, width);
      }
    }

    private void probabilities(float[] work, int qkv, int head, float[] p, int at) {
      int query = qkv + head * dh;
      matMul.gemm(
          false,
          true,
          length,
          length,
          dh,
          scale,
          work,
          query,
          width,
          work,
          query + length * width,
          width,
          0,
          p,
          at,
          length);
      math.softmaxRows(p, at, length, length, p, at);
    }

    /** out[j, row * dh + c] = w[row, j] * v[j, c of this head]: all rows of a list side by side. */
    private void weighValues(
        int list, int head, float[] work, int qkv, Tensor w, float[] out, int at, int cols) {
      int first = firstRow(list);
      for (int j = 0; j < length; j++) {
        int value = qkv + (2 * length + j) * width + head * dh;
        for (int row = 0; row * dh < cols; row++) {
          float weight = w.get((first + row) * length + j);
          int into = at + j * cols + row * dh;
          for (int c = 0; c < dh; c++) {
            out[into + c] = weight * work[value + c];
          }
        }
      }
    }

    /** y[row, i, c of this head] = sums[i, row * dh + c]. */
    private void spread(int list, int head, float[] sums, int at, int cols, Tensor y) {
      int first = firstRow(list);
      for (int row = 0; row * dh < cols; row++) {
        for (int i = 0; i < length; i++) {
          int into = y.offset() + ((first + row) * length + i) * width + head * dh;
          int out = at + i * cols + row * dh;
          for (int c = 0; c < dh; c++) {
            y.data()[into + c] = sums[out + c];
          }
        }
      }
    }

    void backward(Variable q, Variable k, Variable v, Variable w, Tensor dy) {
      int side = length * length;
      int list3 = 3 * length * width;
      int[] start = layOut(3);
      float[] work = tape.allocate(start[(listCount - 1) / grain + 1]).data();
      int perList = length * width;
      float[] dq = tape.allocate(listCount, perList).data();
      float[] dk = tape.allocate(listCount, perList).data();
      Tensor dv = tape.allocate(listCount, perList);
      dv.fill(0);
      Tensor dw = w.needsGradient() ? w.gradientToAddTo() : null;
      tape.kernels()
          .workers()
          .forRanges(
              listCount,
              grain,
              (first, end) -> {
                int ds = start[first / grain];
                int wide = (start[first / grain + 1] - ds - side - list3) / 3;
                int qkv = ds + side;
                int values = qkv + list3;
                int dSums = values + wide;
                int dValues = dSums + wide;
                for (int list = first; list < end; list++) {
                  gather(list, q.value(), k.value(), v.value(), work, qkv);
                  for (int h = 0; h < heads; h++) {
                    int p = (list * heads + h) * side;
                    int cols = (endRow(list) - firstRow(list)) * dh;
                    weighValues(list, h, work, qkv, w.value(), work, values, cols);
                    collect(list, h, dy, work, dSums, cols);
                    valueGradient(p, work, dSums, dValues, cols);
                    unweigh(list, h, work, qkv, w.value(), dValues, cols, dv, dw);
                    scoreGradient(p, work, dSums, values, ds, cols);
                    int query = qkv + h * dh;
                    int target = list * perList + h * dh;
                    product(false, work, ds, query + perList, dq, target);
                    product(true, work, ds, query, dk, target);
                  }
                }
              });
      addToEntities(q, dq);
      addToEntities(k, dk);
      addToEntities(v, dv.data());
    }

    /** sums[i, row * dh + c] = dy[row, i, c of this head]: the reverse of {@link #spread}. */
    private void collect(int list, int head, Tensor dy, float[] sums, int at, int cols) {
      int first = firstRow(list);
      for (int row = 0; row * dh < cols; row++) {
        for (int i = 0; i < length; i++) {
          int out = dy.offset() + ((first + row) * length + i) * width + head * dh;
          int into = at + i * cols + row * dh;
          for (int c = 0; c < dh; c++) {
            sums[into + c] = dy.data()[out + c];
          }
        }
      }
    }

    /** P^T dSums. */
    private void valueGradient(int p, float[] work, int dSums, int dValues, int cols) {
      matMul.gemm(
          true, false, length, cols, length, 1, kept, p, length, work, dSums, cols, 0, work,
          dValues, cols);
    }

    /** From the gradient of w * v to those of v and w. */
    private void unweigh(
        int list,
        int head,
        float[] work,
        int qkv,
        Tensor w,
        int dValues,
        int cols,
        Tensor dv,
        Tensor dw) {
      int first = firstRow(list);
      for (int j = 0; j < length; j++) {
        int value = qkv + (2 * length + j) * width + head * dh;
        int into = (list * length + j) * width + head * dh;
        for (int row = 0; row * dh < cols; row++) {
          int pair = (first + row) * length + j;
          float weight = w.get(pair);
          int out = dValues + j * cols + row * dh;
          float dot = 0;
          for (int c = 0; c < dh; c++) {
            dv.data()[into + c] += weight * work[out + c];
            dot += work[value + c] * work[out + c];
          }
          if (dw != null) {
            dw.set(pair, dw.get(pair) + dot);
          }
        }
      }
    }

    /** The gradient of the scores: dSums values^T through the softmax. */
    private void scoreGradient(int p, float[] work, int dSums, int values, int ds, int cols) {
      matMul.gemm(
          false, true, length, length, cols, 1, work, dSums, cols, work, values, cols, 0, work, ds,
          length);
      math.softmaxRowsGradient(kept, p, work, ds, length, length, work, ds, false);
    }

    /** One head of scale * op(dS) times the other side's rows. */
    private void product(
        boolean transpose, float[] work, int ds, int other, float[] to, int target) {
      matMul.gemm(
          transpose, false, length, dh, length, scale, work, ds, length, work, other, width, 0, to,
          target, width);
    }

    private void addToEntities(Variable x, float[] perMember) {
      if (!x.needsGradient()) {
        return;
      }
      Tensor g = x.gradientToAddTo();
      tape.kernels()
          .embedding()
          .scatterAdd(
              perMember,
              0,
              width,
              width,
              lists.members(),
              firstList * length,
              listCount * length,
              1,
              null,
              g.data(),
              g.offset(),
              g.rows());
    }
  }
}
