package org.recallrank.autograd.ops.cim;

import java.util.Arrays;
import java.util.stream.Stream;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;
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

  /**
   * What there is of the MLP's first layer, and the others.
   *
   * @param ofRows a [rows, h1]
   * @param ofEntities c [entities, h1]
   * @param w2 [h2, h1]
   * @param b2 [h2]
   * @param w3 [h2]
   * @param b3 one element
   */
  public record Inputs(
      Variable ofRows, Variable ofEntities, Variable w2, Variable b2, Variable w3, Variable b3) {

    private boolean needGradient() {
      return Stream.of(ofRows, ofEntities, w2, b2, w3, b3).anyMatch(Variable::needsGradient);
    }

    private void check(CimLists lists) {
      int h1 = ofRows.value().cols();
      int h2 = w2.value().rows();
      if (ofEntities.value().cols() != h1 || w2.value().cols() != h1) {
        throw new IllegalArgumentException(
            "CIM scores: rows %s, entities %s and w2 %s differ in width"
                .formatted(ofRows.shape(), ofEntities.shape(), w2.shape()));
      }
      ShapeChecks.size("CIM scores", "rows", ofRows, lists.rows() * h1);
      ShapeChecks.size("CIM scores", "b2", b2, h2);
      ShapeChecks.size("CIM scores", "w3", w3, h2);
      ShapeChecks.size("CIM scores", "b3", b3, 1);
    }
  }

  private final Tape tape;
  private final MatMulKernel matMul;
  private final VectorMath math;
  private final Inputs in;
  private final CimLists lists;
  private final int length;
  private final int h1;
  private final int h2;
  private final int rowsPerChunk;
  private final int rowsPerBlock;

  // Of the pairs of a block.
  private final int[] entities;
  private final Matrix first; // h1
  private final Matrix second; // h2, and o in the backward pass

  /** Of all pairs: which units of the second layer were open, so many words each; or null. */
  private final int[] open;

  private final int words;

  private CimScores(Inputs in, CimLists lists, boolean keep) {
    this.in = in;
    this.lists = lists;
    tape = in.ofRows.tape();
    matMul = tape.kernels().matMul();
    math = tape.kernels().math();
    h1 = in.ofRows.value().cols();
    h2 = in.w2.value().rows();
    length = lists.length();
    rowsPerChunk = Math.max(1, CHUNK_PAIRS / length);
    rowsPerBlock = CHUNKS * rowsPerChunk;
    int pairs = Math.min(rowsPerBlock, lists.rows()) * length;
    entities = tape.allocateInts(pairs);
    first = tape.allocate(pairs, h1).matrix();
    second = tape.allocate(pairs, h2).matrix();
    words = (h2 + Integer.SIZE - 1) / Integer.SIZE;
    open =
        keep
            ? tape.allocateInts(Math.multiplyExact(Math.multiplyExact(lists.rows(), length), words))
            : null;
  }

  /**
   * Records s for each row and each entity of its list.
   *
   * @return s [rows, length of a list]
   */
  public static Variable apply(Inputs in, CimLists lists) {
    in.check(lists);
    Tape tape = in.ofRows.tape();
    Variable s = tape.output(in.needGradient(), lists.rows(), lists.length());
    CimScores op = new CimScores(in, lists, s.needsGradient());
    Tensor to = s.value();
    Tensor w2 = tape.allocate(op.h1, op.h2); // cheaper to pack, and each chunk packs it
    tape.forward(() -> op.forward(w2, to));
    tape.record(s, () -> op.backward(s.gradient()));
    return s;
  }

  /** Chunks of rows of the block that begins with some row; its pairs are {@link #entities}. */
  private int forBlock(int start, Range body) {
    int rows = Math.min(lists.rows() - start, rowsPerBlock);
    lists.pairs(start, start + rows, entities);
    tape.kernels().workers().forRanges(rows, rowsPerChunk, body);
    return rows;
  }

  private void forward(Tensor w2, Tensor s) {
    w2.copyFrom(in.w2.transposed());
    Vec w3 = in.w3.value().vec();
    float b3 = in.b3.value().get(0);
    Epilogue relu = Epilogue.of(in.b2.value().vec(), Activation.RELU);
    for (int block = 0; block < lists.rows(); block += rowsPerBlock) {
      int start = block;
      forBlock(
          start,
          (from, to) -> {
            firstLayer(start, from, to);
            matMul.gemm(pairs(first, from, to), w2.matrix(), pairs(second, from, to), relu, 1, 0);
            for (int pair = from * length; pair < to * length; pair++) {
              int p = start * length + pair;
              int at = second.at(pair, 0);
              double dot = math.dot(second.data(), at, w3.data(), w3.offset(), h2);
              s.set(p, (float) dot + b3);
              if (open != null) {
                math.positives(second.data(), at, h2, open, p * words);
              }
            }
          });
    }
  }

  /** Of a block the pairs of some rows. */
  private Matrix pairs(Matrix ofBlock, int from, int to) {
    return ofBlock.rows(from * length, (to - from) * length);
  }

  /** h1 of the pairs of rows {@code from} to {@code to - 1} of a block. */
  private void firstLayer(int start, int from, int to) {
    Tensor a = in.ofRows.value();
    Tensor c = in.ofEntities.value();
    for (int row = from; row < to; row++) {
      int ofRow = a.offset() + (start + row) * h1;
      for (int pair = row * length; pair < (row + 1) * length; pair++) {
        int ofEntity = c.offset() + entities[pair] * h1;
        math.addRelu(a.data(), ofRow, c.data(), ofEntity, first.data(), first.at(pair, 0), h1);
      }
    }
  }

  private void backward(Tensor ds) {
    int chunks = Math.min(CHUNKS, Workers.chunks(lists.rows(), rowsPerChunk));
    Matrix g = tape.allocate(chunks * h1, h2).matrix();
    Matrix sums = tape.allocate(chunks, h2).matrix();
    Matrix scaled = scaledByRow(in.w3.value(), in.w2.value()).matrix();
    boolean below = in.ofRows.needsGradient() || in.ofEntities.needsGradient();
    Matrix dFirst = below ? tape.allocate(first.rows(), h1).matrix() : null;
    Tensor da = in.ofRows.needsGradient() ? in.ofRows.gradientToAddTo() : null;
    for (int block = 0; block < lists.rows(); block += rowsPerBlock) {
      int start = block;
      int rows =
          forBlock(
              start,
              (from, to) -> {
                firstLayer(start, from, to);
                unpack(ds, start, from, to);
                addWeightSums(from, to, start > 0, g, sums);
                if (dFirst != null) {
                  firstLayerGradient(from, to, scaled, dFirst);
                }
                if (da != null) {
                  sumOverLists(dFirst, start, from, to, da);
                }
              });
      if (in.ofEntities.needsGradient()) {
        Ids index = Ids.of(entities, rows * length);
        GatherRows.addBack(dFirst.rows(0, rows * length), index, 1, in.ofEntities);
      }
    }
    for (int chunk = 1; chunk < chunks; chunk++) {
      math.add(g.data(), 0, g.data(), g.at(chunk * h1, 0), g.data(), 0, h1 * h2);
      math.add(sums.data(), 0, sums.data(), sums.at(chunk, 0), sums.data(), 0, h2);
    }
    weightGradients(g.data(), sums.data());
    if (in.b3.needsGradient()) {
      Tensor db3 = in.b3.gradientToAddTo();
      db3.set(0, db3.get(0) + (float) math.sum(ds.vec()));
    }
  }

  private Tensor scaledByRow(Tensor scale, Tensor w) {
    Tensor to = tape.allocate(h2, h1);
    for (int i = 0; i < to.size(); i++) {
      to.set(i, scale.get(i / h1) * w.get(i));
    }
    return to;
  }

  /** o: the gradient of a pair at each of its open units, 0 at the others. */
  private void unpack(Tensor ds, int start, int from, int to) {
    for (int pair = from * length; pair < to * length; pair++) {
      int p = start * length + pair;
      math.fillWhere(open, p * words, ds.get(p), second.data(), second.at(pair, 0), h2);
    }
  }

  /** G and the sums of o of a chunk. */
  private void addWeightSums(int from, int to, boolean add, Matrix g, Matrix sums) {
    int chunk = from / rowsPerChunk;
    Matrix o = pairs(second, from, to);
    matMul.gemm(pairs(first, from, to).t(), o, g.rows(chunk * h1, h1), add);
    int at = sums.at(chunk, 0);
    if (!add) {
      Arrays.fill(sums.data(), at, at + h2, 0);
    }
    math.addColumnSums(o.data(), o.offset(), h2, o.rows(), h2, sums.data(), at);
  }

  private void firstLayerGradient(int from, int to, Matrix scaled, Matrix dFirst) {
    matMul.gemm(pairs(second, from, to), scaled, pairs(dFirst, from, to));
    Vec d = dFirst.flat();
    math.reluGradient(first.flat(), d, 1, d, false, from * length * h1, to * length * h1);
  }

  private void sumOverLists(Matrix dFirst, int start, int from, int to, Tensor da) {
    for (int row = from; row < to; row++) {
      int at = da.offset() + (start + row) * h1;
      int pairs = dFirst.at(row * length, 0);
      math.addColumnSums(dFirst.data(), pairs, h1, length, h1, da.data(), at);
    }
  }

  private void weightGradients(float[] g, float[] sums) {
    Tensor w3 = in.w3.value();
    if (in.w2.needsGradient()) {
      Tensor dw2 = in.w2.gradientToAddTo();
      for (int i = 0; i < h2 * h1; i++) {
        dw2.set(i, dw2.get(i) + w3.get(i / h1) * g[i % h1 * h2 + i / h1]);
      }
    }
    if (in.b2.needsGradient()) {
      Tensor db2 = in.b2.gradientToAddTo();
      for (int k = 0; k < h2; k++) {
        db2.set(k, db2.get(k) + w3.get(k) * sums[k]);
      }
    }
    if (in.w3.needsGradient()) {
      Tensor dw3 = in.w3.gradientToAddTo();
      for (int k = 0; k < h2; k++) {
        double dot = (double) in.b2.value().get(k) * sums[k];
        for (int j = 0; j < h1; j++) {
          dot += (double) in.w2.value().get(k * h1 + j) * g[j * h2 + k];
        }
        dw3.set(k, dw3.get(k) + (float) dot);
      }
    }
  }
}
