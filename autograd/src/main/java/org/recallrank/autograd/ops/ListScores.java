package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * An MLP with two hidden layers over each pair of a row and an entity of its list:
 *
 * <pre>
 * h1 = relu(a_row + c_entity)      h2 = relu(W2 h1 + b2)      s = w3 . h2 + b3
 * </pre>
 *
 * <p>The first layer is linear before its ReLU, so the caller computes what a row adds to it once
 * per row and what an entity adds once per entity. The hidden layers, by far the largest thing
 * here, exist for one block of pairs at a time: h1 is computed again in the backward pass, and of
 * h2 nothing but which units were open is kept. With o = (open ? ds : 0) and G = o^T h1 that is
 * enough: dW2 = diag(w3) G, dw3_k = W2_k . G_k + b2_k * sum of o_k, and dh1 = o diag(w3) W2.
 */
public final class ListScores {
  /** Pairs per block: with 256 units 8 MB of h1. */
  private static final int PAIRS = 1 << 13;

  /** Elements per chunk of a loop. */
  private static final int GRAIN = 1 << 15;

  private ListScores() {}

  /**
   * @param ofRows a [rows, h1]
   * @param ofEntities c [entities, h1]
   * @param w2 [h2, h1]
   * @param b2 [h2]
   * @param w3 [h2]
   * @param b3 one element
   * @return s [rows, length of a list]
   */
  public static Variable apply(
      Tape tape,
      Variable ofRows,
      Variable ofEntities,
      RowLists lists,
      Variable w2,
      Variable b2,
      Variable w3,
      Variable b3) {
    int h1 = ofRows.value().cols();
    int h2 = w2.value().rows();
    if (ofEntities.value().cols() != h1 || w2.value().cols() != h1) {
      throw new IllegalArgumentException(
          "list scores: rows "
              + ofRows.shape()
              + ", entities "
              + ofEntities.shape()
              + " and w2 "
              + w2.shape()
              + " differ in width");
    }
    Checks.size("list scores", "rows", ofRows, lists.rows() * h1);
    Checks.size("list scores", "b2", b2, h2);
    Checks.size("list scores", "w3", w3, h2);
    Checks.size("list scores", "b3", b3, 1);
    boolean needsGradient =
        ofRows.needsGradient()
            || ofEntities.needsGradient()
            || w2.needsGradient()
            || b2.needsGradient()
            || w3.needsGradient()
            || b3.needsGradient();
    Variable s = tape.output(needsGradient, lists.rows(), lists.length());
    Pass pass = new Pass(tape, lists, h1, h2, s.needsGradient());
    pass.forward(
        ofRows.value(),
        ofEntities.value(),
        w2.value(),
        b2.value(),
        w3.value(),
        b3.value().get(0),
        s.value());
    tape.record(s, () -> pass.backward(ofRows, ofEntities, w2, b2, w3, b3, s.gradient()));
    return s;
  }

  /** One application: its sizes and the arrays of a block. */
  private static final class Pass {
    private final Tape tape;
    private final MatMulKernel matMul;
    private final VectorMath math;
    private final Workers workers;
    private final RowLists lists;
    private final int length;
    private final int h1;
    private final int h2;
    private final int rowsPerBlock;
    private final int[] entities;
    private final float[] first;
    private final float[] second;
    private final int words;
    private final int[] open;

    Pass(Tape tape, RowLists lists, int h1, int h2, boolean keep) {
      this.tape = tape;
      matMul = tape.kernels().matMul();
      math = tape.kernels().math();
      workers = tape.kernels().workers();
      this.lists = lists;
      this.h1 = h1;
      this.h2 = h2;
      length = lists.length();
      rowsPerBlock = Math.max(1, PAIRS / length);
      int pairs = Math.min(rowsPerBlock, lists.rows()) * length;
      entities = tape.allocateInts(pairs);
      first = tape.allocate(pairs, h1).data();
      second = tape.allocate(pairs, h2).data();
      words = (h2 + Integer.SIZE - 1) / Integer.SIZE;
      open =
          keep
              ? tape.allocateInts(
                  Math.multiplyExact(Math.multiplyExact(lists.rows(), length), words))
              : null;
    }

    void forward(Tensor a, Tensor c, Tensor w2, Tensor b2, Tensor w3, float b3, Tensor s) {
      for (int from = 0; from < lists.rows(); from += rowsPerBlock) {
        int to = Math.min(lists.rows(), from + rowsPerBlock);
        int pairs = (to - from) * length;
        firstLayer(a, c, from, to);
        matMul.gemm(
            false,
            true,
            pairs,
            h2,
            h1,
            1,
            first,
            0,
            h1,
            w2.data(),
            w2.offset(),
            h1,
            0,
            second,
            0,
            h2,
            b2.data(),
            b2.offset(),
            Activation.RELU);
        int at = s.offset() + from * length;
        math.rowDots(second, 0, h2, w3.data(), w3.offset(), pairs, h2, 1, s.data(), at, false);
        math.addScalar(s.data(), at, b3, s.data(), at, pairs);
        if (open != null) {
          int word = from * length * words;
          workers.forRanges(
              pairs, grain(h2), (p, end) -> pack(second, p, end, h2, open, word, words));
        }
      }
    }

    /** h1 of the pairs of some rows, and which entity each is. */
    private void firstLayer(Tensor a, Tensor c, int from, int to) {
      lists.pairs(from, to, entities);
      workers.forRanges(
          (to - from) * length,
          grain(h1),
          (p, end) -> {
            for (int pair = p; pair < end; pair++) {
              addRelu(
                  a.data(),
                  a.offset() + (from + pair / length) * h1,
                  c.data(),
                  c.offset() + entities[pair] * h1,
                  first,
                  pair * h1,
                  h1);
            }
          });
    }

    void backward(
        Variable ofRows,
        Variable ofEntities,
        Variable w2,
        Variable b2,
        Variable w3,
        Variable b3,
        Tensor ds) {
      float[] g = tape.allocate(h2, h1).data();
      float[] sums = tape.allocate(h2).data();
      Tensor scaled = scaledByRow(tape.allocate(h2, h1), w3.value(), w2.value());
      boolean below = ofRows.needsGradient() || ofEntities.needsGradient();
      float[] dFirst = below ? tape.allocate(first.length / h1, h1).data() : null;
      Tensor da = ofRows.needsGradient() ? ofRows.gradientToAddTo() : null;
      Tensor dc = ofEntities.needsGradient() ? ofEntities.gradientToAddTo() : null;
      for (int from = 0; from < lists.rows(); from += rowsPerBlock) {
        int to = Math.min(lists.rows(), from + rowsPerBlock);
        int pairs = (to - from) * length;
        firstLayer(ofRows.value(), ofEntities.value(), from, to);
        int at = ds.offset() + from * length;
        int word = from * length * words;
        workers.forRanges(
            pairs,
            grain(h2),
            (p, end) -> unpack(open, word, words, ds.data(), at, p, end, second, h2));
        boolean add = from > 0;
        matMul.gemm(
            true, false, h2, h1, pairs, 1, second, 0, h2, first, 0, h1, add ? 1 : 0, g, 0, h1);
        math.columnSums(second, 0, h2, pairs, h2, sums, 0, add);
        if (below) {
          matMul.gemm(
              false,
              false,
              pairs,
              h1,
              h2,
              1,
              second,
              0,
              h2,
              scaled.data(),
              0,
              h1,
              0,
              dFirst,
              0,
              h1);
          math.reluGradient(first, 0, dFirst, 0, 1, dFirst, 0, pairs * h1, false);
        }
        if (da != null) {
          sumOverLists(dFirst, from, to, da);
        }
        if (dc != null) {
          tape.kernels()
              .embedding()
              .scatterAdd(
                  dFirst,
                  0,
                  h1,
                  h1,
                  entities,
                  0,
                  pairs,
                  1,
                  null,
                  dc.data(),
                  dc.offset(),
                  dc.rows());
        }
      }
      weightGradients(g, sums, w2, b2, w3);
      if (b3.needsGradient()) {
        Tensor db3 = b3.gradientToAddTo();
        db3.set(0, db3.get(0) + (float) math.sum(ds.data(), ds.offset(), ds.size()));
      }
    }

    private void sumOverLists(float[] dFirst, int from, int to, Tensor da) {
      workers.forRanges(
          to - from,
          grain(length * h1),
          (r, end) -> {
            for (int row = r; row < end; row++) {
              math.columnSums(
                  dFirst,
                  row * length * h1,
                  h1,
                  length,
                  h1,
                  da.data(),
                  da.offset() + (from + row) * h1,
                  true);
            }
          });
    }

    private void weightGradients(float[] g, float[] sums, Variable w2, Variable b2, Variable w3) {
      if (w2.needsGradient()) {
        Tensor dw2 = w2.gradientToAddTo();
        for (int i = 0; i < h2 * h1; i++) {
          dw2.set(i, dw2.get(i) + w3.value().get(i / h1) * g[i]);
        }
      }
      if (b2.needsGradient()) {
        Tensor db2 = b2.gradientToAddTo();
        for (int k = 0; k < h2; k++) {
          db2.set(k, db2.get(k) + w3.value().get(k) * sums[k]);
        }
      }
      if (w3.needsGradient()) {
        Tensor w = w2.value();
        Tensor dw3 = w3.gradientToAddTo();
        for (int k = 0; k < h2; k++) {
          double dot = math.dot(w.data(), w.offset() + k * h1, g, k * h1, h1);
          dw3.set(k, dw3.get(k) + (float) (dot + (double) b2.value().get(k) * sums[k]));
        }
      }
    }
  }

  private static int grain(int width) {
    return Math.max(1, GRAIN / width);
  }

  private static Tensor scaledByRow(Tensor to, Tensor scale, Tensor w) {
    for (int i = 0; i < to.size(); i++) {
      to.set(i, scale.get(i / to.cols()) * w.get(i));
    }
    return to;
  }

  private static void addRelu(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
    for (int i = 0; i < n; i++) {
      z[zAt + i] = Math.max(x[xAt + i] + y[yAt + i], 0);
    }
  }

  /** One bit per unit and pair: whether it is positive. */
  private static void pack(
      float[] h, int from, int to, int width, int[] bits, int firstWord, int words) {
    for (int p = from; p < to; p++) {
      for (int word = 0; word < words; word++) {
        int packed = 0;
        int end = Math.min(width, (word + 1) * Integer.SIZE);
        for (int k = word * Integer.SIZE; k < end; k++) {
          packed |= (h[p * width + k] > 0 ? 1 : 0) << k;
        }
        bits[firstWord + p * words + word] = packed;
      }
    }
  }

  /** The gradient of a pair at each of its open units, 0 at the others. */
  private static void unpack(
      int[] bits,
      int firstWord,
      int words,
      float[] ds,
      int dsAt,
      int from,
      int to,
      float[] out,
      int width) {
    for (int p = from; p < to; p++) {
      float g = ds[dsAt + p];
      for (int word = 0; word < words; word++) {
        int packed = bits[firstWord + p * words + word];
        int end = Math.min(width, (word + 1) * Integer.SIZE);
        for (int k = word * Integer.SIZE; k < end; k++) {
          out[p * width + k] = (packed >>> k & 1) != 0 ? g : 0;
        }
      }
    }
  }
}
