package org.recallrank.autograd.ops.fused;

import java.util.Arrays;
import java.util.List;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * The compressed interaction network of xDeepFM (Lian et al., KDD 2018), all layers: X^{k+1}_h =
 * b^k_h + sum over f, m of W^k[h, f, m] * (X^0_f o X^k_m), where X^0 are the fields and o
 * multiplies each of the d coordinates. The result is X^1_h, .., X^L_h, each summed over its
 * coordinates.
 *
 * <p>Coordinate by coordinate a layer is a matrix product X^{k+1} = Z W^T, where Z has one row per
 * (row, coordinate) and X^0_f * X^k_m in column f * M + m. Z is F times as large as X^k, so it is
 * made for as many rows as fit the caches, and made again in the backward pass; only X^1 to X^{L-1}
 * go to memory. Of X^L nothing but the sum over the coordinates is wanted, which is (the sum of Z
 * over the coordinates) W^T: one row of a product in place of d.
 */
public final class CompressedInteraction {
  /** Floats of Z in a block of rows: with what else a block touches they stay in L2. */
  private static final int BLOCK = 1 << 16;

  /** Rows whose parameter gradients are added up in one piece. */
  private static final int PIECE_ROWS = 128;

  private final Tape tape;
  private final MatMulKernel matMul;
  private final VectorMath math;
  private final Variable e;
  private final List<Layer> layers;
  private final int rows;
  private final int fields;
  private final int d;
  private final int width;
  private final int blockRows;
  private final int floatsOfZ;
  private final int floatsOfX;

  /** X^0, [rows * d, F]. */
  private final Matrix x0;

  /** d of them. */
  private final Vec ones;

  /** d times the bias of the last layer, whose products are summed before it. */
  private final Tensor lastBias;

  /**
   * One layer of this call.
   *
   * @param m rows of X^k
   * @param h rows of X^{k+1}
   * @param pairs F * M, columns of Z
   * @param summed the coordinates whose rows of Z are added up: d in the last layer, else 1
   * @param column of the result where its sums begin
   * @param x X^k, [rows * d, M]
   * @param transposed W^T, [F * M, H]: what forward products read fastest
   * @param sumAt where in a piece of gradient sums its weight begins; its bias lies behind
   */
  private record Layer(
      Variable weight,
      Variable bias,
      int m,
      int h,
      int pairs,
      int summed,
      int column,
      Matrix x,
      Matrix transposed,
      int sumAt) {

    int biasSumAt() {
      return sumAt + h * pairs;
    }
  }

  private CompressedInteraction(Variable e, List<Variable> weights, List<Variable> biases) {
    tape = e.tape();
    this.e = e;
    matMul = tape.kernels().matMul();
    math = tape.kernels().math();
    rows = e.shape().dim(0);
    fields = e.shape().dim(1);
    d = e.shape().dim(2);
    Layer[] made = new Layer[weights.size()];
    int m = fields;
    int column = 0;
    int sumAt = 0;
    int widestX = 0;
    for (int k = 0; k < made.length; k++) {
      int h = biases.get(k).value().size();
      int pairs = fields * m;
      ShapeChecks.size("compressed interaction", "weight " + k, weights.get(k), h * pairs);
      made[k] =
          new Layer(
              weights.get(k),
              biases.get(k),
              m,
              h,
              pairs,
              k == made.length - 1 ? d : 1,
              column,
              tape.allocate(rows, d, m).matrix(),
              transposed(weights.get(k).value(), h, pairs),
              sumAt);
      widestX = Math.max(widestX, m);
      m = h;
      column += h;
      sumAt = made[k].biasSumAt() + h;
    }
    layers = List.of(made);
    width = column;
    blockRows = Math.max(1, BLOCK / (d * fields * widestX));
    floatsOfX = blockRows * d * widestX;
    floatsOfZ = floatsOfX * fields;
    x0 = made[0].x;
    Tensor one = tape.allocate(d);
    one.fill(1);
    ones = one.vec();
    lastBias = tape.allocate(last().h);
  }

  private Matrix transposed(Tensor w, int h, int pairs) {
    Tensor t = tape.allocate(pairs, h);
    t.copyFrom(w.vec().matrix(h, pairs).t());
    return t.matrix();
  }

  /**
   * All layers.
   *
   * @param e X^0, [rows, F, d]
   * @param weights of the layers, each [H, F * M]; further axes of 1 do not matter
   * @param biases of the layers, each [H]
   * @return [rows, sum of all H]
   */
  public static Variable apply(Variable e, List<Variable> weights, List<Variable> biases) {
    Tape tape = e.tape();
    if (weights.isEmpty() || weights.size() != biases.size()) {
      throw new IllegalArgumentException(
          "compressed interaction: needs at least one weight and as many biases, found %s and %s"
              .formatted(weights.size(), biases.size()));
    }
    boolean needsGradient = e.needsGradient();
    for (int k = 0; k < weights.size(); k++) {
      needsGradient |= weights.get(k).needsGradient() || biases.get(k).needsGradient();
    }
    CompressedInteraction op = new CompressedInteraction(e, weights, biases);
    Variable y = tape.output(needsGradient, op.rows, op.width);
    Matrix to = y.matrix();
    tape.forward(() -> op.forward(to));
    tape.record(y, () -> op.backward(y.gradient().matrix()));
    return y;
  }

  private Layer last() {
    return layers.get(layers.size() - 1);
  }

  private void forward(Matrix y) {
    for (int h = 0; h < last().h; h++) {
      lastBias.set(h, d * last().bias.value().get(h));
    }
    tape.kernels().workers().forRanges(rows, blockRows, (from, to) -> forward(from, to, y));
  }

  private void forward(int from, int to, Matrix y) {
    float[] work = tape.scratch(0).floats(floatsOfZ);
    int n = to - from;
    transposeFields(from, to);
    for (int k = 0; k < layers.size() - 1; k++) {
      Layer layer = layers.get(k);
      Matrix x = layers.get(k + 1).x.rows(from * d, n * d);
      Epilogue bias = Epilogue.of(layer.bias.value().vec(), Activation.NONE);
      matMul.gemm(products(layer, from, to, work), layer.transposed, x, bias, 1, 0);
      matMul.batched( // the sums over the coordinates
          new Matrices(ones.matrix(1, d), n, 0),
          Matrices.of(x, d),
          Matrices.of(part(layer, y, from, to), 1),
          1,
          false);
    }
    matMul.gemm(
        products(last(), from, to, work),
        last().transposed,
        part(last(), y, from, to),
        Epilogue.of(lastBias.vec(), Activation.NONE),
        1,
        0);
  }

  /** What is a layer's in some rows of the result. */
  private static Matrix part(Layer layer, Matrix y, int from, int to) {
    return y.rows(from, to - from).columns(layer.column, layer.h);
  }

  /** X^0 with a row of fields per coordinate, from E with a row of coordinates per field. */
  private void transposeFields(int from, int to) {
    Tensor ev = e.value();
    for (int b = from; b < to; b++) {
      for (int f = 0; f < fields; f++) {
        for (int c = 0; c < d; c++) {
          x0.data()[x0.at(b * d + c, f)] = ev.get((b * fields + f) * d + c);
        }
      }
    }
  }

  /** X^0 or X^k of some rows, as many coordinates to each matrix as are summed. */
  private Matrices perSum(Layer layer, Matrix x, int from, int to) {
    return Matrices.of(x.rows(from * d, (to - from) * d), layer.summed);
  }

  /** Z of some rows in a work array, in the last layer its sum over the coordinates. */
  private Matrix products(Layer layer, int from, int to, float[] work) {
    int n = (to - from) * d / layer.summed;
    matMul.batched(
        perSum(layer, x0, from, to).t(),
        perSum(layer, layer.x, from, to),
        perPair(layer, work, n),
        1,
        false);
    return Matrix.of(work, n, layer.pairs);
  }

  /** n rows of Z, each as a matrix [F, M]. */
  private Matrices perPair(Layer layer, float[] z, int n) {
    return Matrices.of(Matrix.of(z, n * fields, layer.m), fields);
  }

  private void backward(Matrix dy) {
    int pieces = Workers.chunks(rows, PIECE_ROWS);
    int sumSize = last().biasSumAt() + last().h;
    float[] sums = tape.allocate(pieces, sumSize).data();
    boolean addToE = e.needsGradient() && e.startGradient();
    tape.kernels()
        .workers()
        .forChunks(
            pieces,
            piece -> {
              int sumsAt = piece * sumSize;
              Arrays.fill(sums, sumsAt, sumsAt + sumSize, 0);
              int end = Math.min(rows, (piece + 1) * PIECE_ROWS);
              for (int from = piece * PIECE_ROWS; from < end; from += blockRows) {
                new Block(from, Math.min(end, from + blockRows), sums, sumsAt).backward(dy, addToE);
              }
            });
    for (Layer layer : layers) {
      addPieces(1, sums, layer.sumAt, sumSize, pieces, layer.weight);
      addPieces(layer.summed, sums, layer.biasSumAt(), sumSize, pieces, layer.bias);
    }
  }

  private void addPieces(
      float factor, float[] sums, int at, int step, int pieces, Variable parameter) {
    if (parameter.needsGradient()) {
      boolean add = parameter.startGradient();
      Tensor g = parameter.gradient();
      for (int p = 0; p < pieces; p++) {
        math.scale(factor, sums, at + p * step, g.data(), g.offset(), g.size(), add || p > 0);
      }
    }
  }

  /** The backward pass of some rows, in work arrays of the thread. */
  private final class Block {
    final int from;
    final int to;
    final float[] sums;
    final int sumsAt;

    /** Z, then its gradient. */
    final float[] z = tape.scratch(0).floats(floatsOfZ);

    final float[] dx0 = tape.scratch(1).floats(blockRows * d * fields);

    /** The gradients of X^k and X^{k+1}, which change places from layer to layer. */
    float[] dx = tape.scratch(2).floats(floatsOfX);

    float[] dxAbove = tape.scratch(3).floats(floatsOfX);

    Block(int from, int to, float[] sums, int sumsAt) {
      this.from = from;
      this.to = to;
      this.sums = sums;
      this.sumsAt = sumsAt;
    }

    void backward(Matrix dy, boolean addToE) {
      Arrays.fill(dx0, 0, (to - from) * d * fields, 0);
      layer(last(), part(last(), dy, from, to));
      for (int k = layers.size() - 2; k >= 0; k--) {
        float[] swap = dxAbove;
        dxAbove = dx;
        dx = swap;
        Layer layer = layers.get(k);
        Matrix above = Matrix.of(dxAbove, (to - from) * d, layer.h);
        matMul.batched( // what reaches X^{k+1} through its sums over the coordinates
            new Matrices(ones.matrix(d, 1), to - from, 0),
            Matrices.of(part(layer, dy, from, to), 1),
            Matrices.of(above, d),
            1,
            true);
        layer(layer, above);
      }
      if (e.needsGradient()) {
        addToFields(e.gradient(), addToE);
      }
    }

    /** From the gradient of a layer's product to those of its parameters, of X^k and of X^0. */
    void layer(Layer layer, Matrix dy) {
      int n = dy.rows();
      int biasAt = sumsAt + layer.biasSumAt();
      math.addColumnSums(dy.data(), dy.offset(), dy.stride(), n, layer.h, sums, biasAt);
      if (layer.weight.needsGradient()) {
        Matrix dw = new Matrix(sums, sumsAt + layer.sumAt, layer.h, layer.pairs);
        matMul.gemm(dy.t(), products(layer, from, to, z), dw, true);
      }
      Matrix w = layer.weight.value().vec().matrix(layer.h, layer.pairs);
      matMul.gemm(dy, w, Matrix.of(z, n, layer.pairs));
      Matrices dz = perPair(layer, z, n);
      Matrices dxs = Matrices.of(Matrix.of(dx, (to - from) * d, layer.m), layer.summed);
      matMul.batched(perSum(layer, x0, from, to), dz, dxs, 1, false);
      Matrices dx0s = Matrices.of(Matrix.of(dx0, (to - from) * d, fields), layer.summed);
      matMul.batched(perSum(layer, layer.x, from, to), dz.t(), dx0s, 1, true);
    }

    /** dE from dX^0 and, because the first layer's X^k is X^0 too, its dX^k. */
    void addToFields(Tensor de, boolean add) {
      for (int b = from; b < to; b++) {
        for (int f = 0; f < fields; f++) {
          for (int c = 0; c < d; c++) {
            int at = (b * fields + f) * d + c;
            int i = ((b - from) * d + c) * fields + f;
            float g = dx0[i] + dx[i];
            de.put(at, g, add);
          }
        }
      }
    }
  }
}
