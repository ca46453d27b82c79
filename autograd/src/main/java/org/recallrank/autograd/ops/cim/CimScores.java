package org.recallrank.autograd.ops.cim;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Checks;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
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
 * h2 nothing but which units were open is kept. With o = (open ? ds : 0) and G = h1^T o that is
 * enough: dW2 = diag(w3) G^T, dw3_k = W2_k . (G^T)_k + b2_k * sum of o_k, dh1 = o diag(w3) W2.
 *
 * <p>A thread takes a few rows through all steps, so that their hidden layers stay in its own
 * cache; only what entities get is added up per block.
 */
public final class CimScores {
  /** Pairs per chunk: with 256 and 128 units 0.4 MB of hidden layers, which stay in L2. */
  private static final int CHUNK_PAIRS = 1 << 8;

  /** Chunks per block, each with sums of gradients of its own. */
  private static final int CHUNKS = 16;

  private CimScores() {}

  /**
   * Records s for each row and each entity of its list.
   *
   * @param ofRows a [rows, h1]
   * @param ofEntities c [entities, h1]
   * @param w2 [h2, h1]
   * @param b2 [h2]
   * @param w3 [h2]
   * @param b3 one element
   * @return s [rows, length of a list]
   */
  public static Variable apply(
      Variable ofRows,
      Variable ofEntities,
      CimLists lists,
      Variable w2,
      Variable b2,
      Variable w3,
      Variable b3) {
    Tape tape = ofRows.tape();
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
    private final CimLists lists;
    private final int length;
    private final int h1;
    private final int h2;
    private final int rowsPerChunk;
    private final int rowsPerBlock;
    private final int[] entities;
    private final float[] first;
    private final float[] second;
    private final int words;
    private final int[] open;

    Pass(Tape tape, CimLists lists, int h1, int h2, boolean keep) {
      this.tape = tape;
      matMul = tape.kernels().matMul();
      math = tape.kernels().math();
      workers = tape.kernels().workers();
      this.lists = lists;
      this.h1 = h1;
      this.h2 = h2;
      length = lists.length();
      rowsPerChunk = Math.max(1, CHUNK_PAIRS / length);
      rowsPerBlock = CHUNKS * rowsPerChunk;
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
      Tensor turned = tape.allocate(h1, h2); // cheaper to pack, and each chunk packs it
      for (int i = 0; i < h2 * h1; i++) {
        turned.set(i % h1 * h2 + i / h1, w2.get(i));
      }
      for (int block = 0; block < lists.rows(); block += rowsPerBlock) {
        int start = block;
        int rows = Math.min(lists.rows() - start, rowsPerBlock);
        lists.pairs(start, start + rows, entities);
        workers.forRanges(
            rows,
            rowsPerChunk,
            (from, to) -> {
              firstLayer(a, c, start, from, to);
              int pair = from * length;
              int pairs = (to - from) * length;
              Epilogue relu = Epilogue.of(b2.vec(), Activation.RELU);
              matMul.gemm(
                  ofRows(first, from, to, h1),
                  turned.matrix(),
                  ofRows(second, from, to, h2),
                  relu,
                  1,
                  0);
              for (int p = 0; p < pairs; p++) {
                double dot = math.dot(second, (pair + p) * h2, w3.data(), w3.offset(), h2);
                s.set(start * length + pair + p, (float) dot + b3);
              }
              if (open != null) {
                int word = (start * length + pair) * words;
                for (int p = 0; p < pairs; p++) {
                  math.positives(second, (pair + p) * h2, h2, open, word + p * words);
                }
              }
            });
      }
    }

    /** Of one array of a block the pairs of some rows. */
    private Matrix ofRows(float[] x, int from, int to, int width) {
      return new Matrix(x, from * length * width, (to - from) * length, width);
    }

    /** h1 of the pairs of rows {@code from} to {@code to - 1} of a block. */
    private void firstLayer(Tensor a, Tensor c, int start, int from, int to) {
      for (int row = from; row < to; row++) {
        int ofRow = a.offset() + (start + row) * h1;
        for (int pair = row * length; pair < (row + 1) * length; pair++) {
          int ofEntity = c.offset() + entities[pair] * h1;
          math.addRelu(a.data(), ofRow, c.data(), ofEntity, first, pair * h1, h1);
        }
      }
    }

    void backward(
        Variable ofRows,
        Variable ofEntities,
        Variable w2,
        Variable b2,
        Variable w3,
        Variable b3,
        Tensor ds) {
      int chunks = Math.min(CHUNKS, Workers.chunks(lists.rows(), rowsPerChunk));
      float[] g = tape.allocate(chunks, h1, h2).data();
      float[] sums = tape.allocate(chunks, h2).data();
      Tensor scaled = scaledByRow(tape.allocate(h2, h1), w3.value(), w2.value());
      boolean below = ofRows.needsGradient() || ofEntities.needsGradient();
      Vec dFirst = below ? tape.allocate(first.length / h1, h1).vec() : null;
      Tensor da = ofRows.needsGradient() ? ofRows.gradientToAddTo() : null;
      Tensor dc = ofEntities.needsGradient() ? ofEntities.gradientToAddTo() : null;
      for (int block = 0; block < lists.rows(); block += rowsPerBlock) {
        int start = block;
        int rows = Math.min(lists.rows() - start, rowsPerBlock);
        lists.pairs(start, start + rows, entities);
        workers.forRanges(
            rows,
            rowsPerChunk,
            (from, to) -> {
              firstLayer(ofRows.value(), ofEntities.value(), start, from, to);
              unpack(ds, start, from, to);
              addWeightSums(from, to, start > 0, g, sums);
              if (dFirst != null) {
                firstLayerGradient(from, to, scaled, dFirst);
              }
              if (da != null) {
                sumOverLists(dFirst, start, from, to, da);
              }
            });
        if (dc != null) {
          tape.kernels()
              .embedding()
              .scatterAdd(
                  Matrix.of(dFirst.data(), rows * length, h1),
                  Ids.of(entities, rows * length),
                  1,
                  null,
                  dc.matrix());
        }
      }
      for (int chunk = 1; chunk < chunks; chunk++) {
        math.add(g, 0, g, chunk * h1 * h2, g, 0, h1 * h2);
        math.add(sums, 0, sums, chunk * h2, sums, 0, h2);
      }
      weightGradients(g, sums, w2, b2, w3);
      if (b3.needsGradient()) {
        Tensor db3 = b3.gradientToAddTo();
        db3.set(0, db3.get(0) + (float) math.sum(ds.vec()));
      }
    }

    /** o: the gradient of a pair at each of its open units, 0 at the others. */
    private void unpack(Tensor ds, int start, int from, int to) {
      for (int pair = from * length; pair < to * length; pair++) {
        int p = start * length + pair;
        math.fillWhere(open, p * words, ds.get(p), second, pair * h2, h2);
      }
    }

    /** G and the sums of o of a chunk. */
    private void addWeightSums(int from, int to, boolean add, float[] g, float[] sums) {
      int chunk = from / rowsPerChunk;
      int pair = from * length;
      int pairs = (to - from) * length;
      Matrix ofChunk = new Matrix(g, chunk * h1 * h2, h1, h2);
      matMul.gemm(ofRows(first, from, to, h1).t(), ofRows(second, from, to, h2), ofChunk, add);
      if (!add) {
        Arrays.fill(sums, chunk * h2, (chunk + 1) * h2, 0);
      }
      math.addColumnSums(second, pair * h2, h2, pairs, h2, sums, chunk * h2);
    }

    private void firstLayerGradient(int from, int to, Tensor scaled, Vec dFirst) {
      int pair = from * length;
      int pairs = (to - from) * length;
      matMul.gemm(
          ofRows(second, from, to, h2), scaled.matrix(), ofRows(dFirst.data(), from, to, h1));
      int end = (pair + pairs) * h1;
      math.reluGradient(Vec.of(first), dFirst, 1, dFirst, false, pair * h1, end);
    }

    private void sumOverLists(Vec dFirst, int start, int from, int to, Tensor da) {
      for (int row = from; row < to; row++) {
        int at = da.offset() + (start + row) * h1;
        math.addColumnSums(dFirst.data(), row * length * h1, h1, length, h1, da.data(), at);
      }
    }

    private void weightGradients(float[] g, float[] sums, Variable w2, Variable b2, Variable w3) {
      if (w2.needsGradient()) {
        Tensor dw2 = w2.gradientToAddTo();
        for (int i = 0; i < h2 * h1; i++) {
          dw2.set(i, dw2.get(i) + w3.value().get(i / h1) * g[i % h1 * h2 + i / h1]);
        }
      }
      if (b2.needsGradient()) {
        Tensor db2 = b2.gradientToAddTo();
        for (int k = 0; k < h2; k++) {
          db2.set(k, db2.get(k) + w3.value().get(k) * sums[k]);
        }
      }
      if (w3.needsGradient()) {
        Tensor dw3 = w3.gradientToAddTo();
        for (int k = 0; k < h2; k++) {
          double dot = (double) b2.value().get(k) * sums[k];
          for (int j = 0; j < h1; j++) {
            dot += (double) w2.value().get(k * h1 + j) * g[j * h2 + k];
          }
          dw3.set(k, dw3.get(k) + (float) dot);
        }
      }
    }
  }

  private static Tensor scaledByRow(Tensor to, Tensor scale, Tensor w) {
    for (int i = 0; i < to.size(); i++) {
      to.set(i, scale.get(i / to.cols()) * w.get(i));
    }
    return to;
  }
}
