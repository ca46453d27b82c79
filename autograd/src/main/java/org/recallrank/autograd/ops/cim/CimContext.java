package org.recallrank.autograd.ops.cim;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Checks;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * What a row finds in its list of entities by attending twice: the entities attend to each other,
 * where each row weighs their values in its own way, and the row attends to what comes out. With
 * heads side by side in the columns, per head
 *
 * <pre>
 * P = softmax over j of (scale * q_i . k_j)          of the list, the same for all of its rows
 * x_i = c_i + sum over j of P_ij * w_j * v_j
 * n_i = (x_i - mean) / sqrt(variance + epsilon)      over the columns of all heads
 * k'_i = relu(A_k [n_i ; 1])    v'_i = relu(A_v [n_i ; 1])
 * y = sum over i of softmax over i of (scale * query . k'_i) * w_i * v'_i
 * </pre>
 *
 * <p>A thread takes a row through all of it, with the entities of the list along the vectors: the
 * few thousand numbers of a row stay in L1, means over columns need no sums over lanes, and nothing
 * of a row is kept; the backward pass computes it again.
 */
public final class CimContext {
  /** At most so many chunks of a block, each with gradients of A of its own. */
  private static final int CHUNKS = 64;

  /** Floats of gradients of the members of lists that a block may have. */
  private static final int BLOCK_FLOATS = 1 << 23;

  private CimContext() {}

  /**
   * Where entities and rows get to know each other.
   *
   * @param q [entities, width], and so are k, v and c
   * @param w [rows, length of a list]
   * @param query [rows, width]
   * @param ofKeys A_k [width, width + 1], and so is A_v
   */
  public record Inputs(
      Variable q,
      Variable k,
      Variable v,
      Variable c,
      Variable w,
      Variable query,
      Variable ofKeys,
      Variable ofValues) {

    private boolean needGradient() {
      return q.needsGradient()
          || k.needsGradient()
          || v.needsGradient()
          || c.needsGradient()
          || w.needsGradient()
          || query.needsGradient()
          || ofKeys.needsGradient()
          || ofValues.needsGradient();
    }

    private int width(CimLists lists, int heads) {
      int width = q.value().cols();
      if (k.value().cols() != width
          || v.value().cols() != width
          || c.value().cols() != width
          || query.value().cols() != width
          || width % heads != 0) {
        throw new IllegalArgumentException(
            "list context: q "
                + q.shape()
                + ", k "
                + k.shape()
                + ", v "
                + v.shape()
                + ", c "
                + c.shape()
                + " and query "
                + query.shape()
                + " need one width that is a multiple of "
                + heads
                + " heads");
      }
      Checks.size("list context", "w", w, lists.rows() * lists.length());
      Checks.size("list context", "query", query, lists.rows() * width);
      Checks.size("list context", "ofKeys", ofKeys, width * (width + 1));
      Checks.size("list context", "ofValues", ofValues, width * (width + 1));
      return width;
    }
  }

  /**
   * Records y for all rows of all lists.
   *
   * @param heads divides width
   * @return y [rows, width]
   */
  public static Variable apply(Inputs in, CimLists lists, int heads, float scale, float epsilon) {
    Tape tape = in.q.tape();
    int width = in.width(lists, heads);
    Variable y = tape.output(in.needGradient(), lists.rows(), width);
    Pass pass = new Pass(in, lists, width, heads, scale, epsilon);
    pass.forward(y.value());
    tape.record(y, () -> pass.backward(y.gradient()));
    return y;
  }

  /** One application, and where in the work array of a thread everything stands. */
  private static final class Pass {
    private final Tape tape;
    private final MatMulKernel matMul;
    private final VectorMath math;
    private final Inputs in;
    private final CimLists lists;
    private final int length;
    private final int width;
    private final int heads;
    private final int dh;
    private final float scale;
    private final float epsilon;

    /** [A_k ; A_v]. */
    private final float[] a;

    private final int size; // of a list's members: length * width
    private final int side; // of one head's P: length * length

    // Of a list: q and k [length, width], k, v and c turned [width, length], P of the heads, and P
    // turned.
    private final int q = 0;
    private final int k;
    private final int kTurned;
    private final int vTurned;
    private final int cTurned;
    private final int p;
    private final int pTurned;

    // Of a row, all [width, length] but where said.
    private final int weighed; // w * v
    private final int normal; // n, and a row of ones [width + 1, length]
    private final int kv; // k' and v' [2 * width, length]
    private final int invStd; // [length]
    private final int sums; // [2, length]
    private final int pooled; // softmax of the row's own scores [heads, length]
    private final int weighedPooled; // times w [heads, length]
    private final int forwardFloats;

    // Gradients: of the list's P, c and v, and of a row's k' and v', scores, x, and w * v.
    private final int dp;
    private final int dcTurned;
    private final int dvTurned;
    private final int dkv;
    private final int dPooled;
    private final int dx;
    private final int dWeighed;
    private final int backwardFloats;

    Pass(Inputs in, CimLists lists, int width, int heads, float scale, float epsilon) {
      tape = in.q.tape();
      matMul = tape.kernels().matMul();
      math = tape.kernels().math();
      this.in = in;
      this.lists = lists;
      this.width = width;
      this.heads = heads;
      this.scale = scale;
      this.epsilon = epsilon;
      length = lists.length();
      dh = width / heads;
      size = length * width;
      side = length * length;
      a = tape.allocate(2 * width, width + 1).data();
      System.arraycopy(
          in.ofKeys.value().data(), in.ofKeys.value().offset(), a, 0, width * (width + 1));
      System.arraycopy(
          in.ofValues.value().data(),
          in.ofValues.value().offset(),
          a,
          width * (width + 1),
          width * (width + 1));
      k = q + size;
      kTurned = k + size;
      vTurned = kTurned + size;
      cTurned = vTurned + size;
      p = cTurned + size;
      pTurned = p + heads * side;
      weighed = pTurned + heads * side;
      normal = weighed + size;
      kv = normal + size + length;
      invStd = kv + 2 * size;
      sums = invStd + length;
      pooled = sums + 2 * length;
      weighedPooled = pooled + heads * length;
      forwardFloats = weighedPooled + heads * length;
      dp = forwardFloats;
      dcTurned = dp + heads * side;
      dvTurned = dcTurned + size;
      dkv = dvTurned + size;
      dPooled = dkv + 2 * size;
      dx = dPooled + heads * length;
      dWeighed = dx + size;
      backwardFloats = dWeighed + size;
    }

    void forward(Tensor y) {
      tape.kernels()
          .workers()
          .forRanges(
              lists.lists(),
              grain(lists.lists()),
              (from, to) -> {
                float[] f = tape.scratch(0).floats(forwardFloats);
                Arrays.fill(f, normal + size, normal + size + length, 1);
                for (int list = from; list < to; list++) {
                  takeList(f, list);
                  for (int row = lists.firstRow()[list]; row < lists.firstRow()[list + 1]; row++) {
                    row(f, row);
                    matMul.batched(
                        scores(f, weighedPooled),
                        turned(f, kv + size).t(),
                        ofRow(y, row),
                        1,
                        false);
                  }
                }
              });
    }

    // What stands in a work array, as a matrix per head.

    /** Parts of a row of x, [1, dh]. */
    private Matrices ofRow(Tensor x, int row) {
      return Matrices.of(new Matrix(x.data(), x.offset() + row * width, heads, dh), 1);
    }

    /** A number per entity, [1, length]. */
    private Matrices scores(float[] f, int at) {
      return Matrices.of(new Matrix(f, at, heads, length), 1);
    }

    /** Columns of turned entities, [dh, length]. */
    private Matrices turned(float[] f, int at) {
      return Matrices.of(new Matrix(f, at, width, length), dh);
    }

    /** Columns of entities as they are, [length, dh]. */
    private Matrices members(float[] f, int at) {
      return new Matrices(new Matrix(f, at, length, dh, width), heads, dh);
    }

    /** A number per pair of entities, [length, length]. */
    private Matrices pairs(float[] f, int at) {
      return Matrices.of(new Matrix(f, at, heads * length, length), length);
    }

    /** One matrix for all heads. */
    private static Matrices whole(float[] x, int at, int rows, int cols) {
      return new Matrices(new Matrix(x, at, rows, cols), 1, 0);
    }

    private static int grain(int lists) {
      return (lists + CHUNKS - 1) / CHUNKS;
    }

    /** The members of a list, and P. */
    private void takeList(float[] f, int list) {
      for (int j = 0; j < length; j++) {
        int member = lists.members()[list * length + j] * width;
        Tensor qs = in.q.value();
        Tensor ks = in.k.value();
        System.arraycopy(qs.data(), qs.offset() + member, f, q + j * width, width);
        System.arraycopy(ks.data(), ks.offset() + member, f, k + j * width, width);
        turn(ks, member, f, kTurned + j);
        turn(in.v.value(), member, f, vTurned + j);
        turn(in.c.value(), member, f, cTurned + j);
      }
      matMul.batched(members(f, q), turned(f, kTurned), pairs(f, p), scale, false);
      math.softmaxRows(f, p, heads * length, length, f, p);
      for (int i = 0; i < heads * length; i++) {
        int from = p + i * length;
        int to = pTurned + i / length * side + i % length;
        for (int j = 0; j < length; j++) {
          f[to + j * length] = f[from + j];
        }
      }
    }

    private void turn(Tensor from, int row, float[] f, int to) {
      for (int col = 0; col < width; col++) {
        f[to + col * length] = from.data()[from.offset() + row + col];
      }
    }

    /** All of a row up to its own softmax. */
    private void row(float[] f, int row) {
      Tensor w = in.w.value();
      int weights = w.offset() + row * length;
      for (int col = 0; col < size; col += length) {
        math.multiply(f, vTurned + col, w.data(), weights, f, weighed + col, length);
      }
      matMul.batched(turned(f, weighed), pairs(f, pTurned), turned(f, normal), 1, false);
      math.add(f, normal, f, cTurned, f, normal, size);
      normalise(f);
      matMul.batched(
          whole(a, 0, 2 * width, width + 1),
          whole(f, normal, width + 1, length),
          whole(f, kv, 2 * width, length),
          1,
          false);
      math.relu(f, kv, f, kv, 2 * size);
      matMul.batched(ofRow(in.query.value(), row), turned(f, kv), scores(f, pooled), scale, false);
      math.softmaxRows(f, pooled, heads, length, f, pooled);
      for (int head = 0; head < heads * length; head += length) {
        math.multiply(f, pooled + head, w.data(), weights, f, weighedPooled + head, length);
      }
    }

    private void sumColumns(float[] f, int x, int to) {
      Arrays.fill(f, to, to + length, 0);
      math.addColumnSums(f, x, length, width, length, f, to);
    }

    /** n of x, in two passes, so that a large mean does not spoil the variance. */
    private void normalise(float[] f) {
      sumColumns(f, normal, sums);
      math.scale(-1f / width, f, sums, f, sums, length, false);
      for (int col = 0; col < size; col += length) {
        math.add(f, normal + col, f, sums, f, normal + col, length);
      }
      math.multiply(f, normal, f, normal, f, kv, size);
      sumColumns(f, kv, sums);
      for (int i = 0; i < length; i++) {
        f[invStd + i] = (float) (1 / Math.sqrt((double) f[sums + i] / width + epsilon));
      }
      for (int col = 0; col < size; col += length) {
        math.multiply(f, normal + col, f, invStd, f, normal + col, length);
      }
    }

    void backward(Tensor dy) {
      int block = Math.clamp(BLOCK_FLOATS / (4L * size), 1, Math.max(1, lists.lists()));
      int chunks = Workers.chunks(block, grain(block));
      Tensor da = tape.allocate(chunks, 2 * width, width + 1);
      da.fill(0);
      // Of members of a block's lists: dq, dk, dv and dc.
      float[][] members = new float[4][];
      for (int m = 0; m < members.length; m++) {
        members[m] = tape.allocate(block, size).data();
      }
      Tensor dw = gradient(in.w);
      Tensor dQuery = gradient(in.query);
      for (int start = 0; start < lists.lists(); start += block) {
        int first = start;
        int count = Math.min(block, lists.lists() - first);
        tape.kernels()
            .workers()
            .forRanges(
                count,
                grain(block),
                (from, to) -> {
                  int chunk = from / grain(block) * 2 * width * (width + 1);
                  float[] f = tape.scratch(0).floats(backwardFloats);
                  Arrays.fill(f, normal + size, normal + size + length, 1);
                  for (int list = from; list < to; list++) {
                    takeList(f, first + list);
                    Arrays.fill(f, dp, dkv, 0);
                    int end = lists.firstRow()[first + list + 1];
                    for (int row = lists.firstRow()[first + list]; row < end; row++) {
                      row(f, row);
                      rowGradient(f, row, dy, dw, dQuery, da.data(), chunk);
                    }
                    listGradient(f, members, list * size);
                  }
                });
        Variable[] entities = {in.q, in.k, in.v, in.c};
        for (int m = 0; m < entities.length; m++) {
          addToEntities(entities[m], members[m], first, count);
        }
      }
      addToMatrix(in.ofKeys, da, chunks, 0);
      addToMatrix(in.ofValues, da, chunks, width * (width + 1));
    }

    /** Where to add the gradient of x: if x needs none, to nobody's array. */
    private Tensor gradient(Variable x) {
      return x.needsGradient() ? x.gradientToAddTo() : tape.allocate(x.value().size());
    }

    private void rowGradient(
        float[] f, int row, Tensor dy, Tensor dw, Tensor dQuery, float[] da, int chunk) {
      Tensor w = in.w.value();
      int weights = w.offset() + row * length;
      int dWeights = dw.offset() + row * length;
      Matrices dScores = scores(f, dPooled);
      // To the row's softmax, and to w that stands behind it.
      matMul.batched(ofRow(dy, row), turned(f, kv + size), dScores, 1, false);
      for (int head = 0; head < heads * length; head += length) {
        int at = dPooled + head;
        math.multiplyAdd(f, pooled + head, f, at, dw.data(), dWeights, length);
        math.multiply(f, at, w.data(), weights, f, at, length);
      }
      throughSoftmax(f, pooled, dPooled, heads);
      // To query, k' and v'.
      matMul.batched(dScores, turned(f, kv).t(), ofRow(dQuery, row), scale, true);
      matMul.batched(ofRow(in.query.value(), row).t(), dScores, turned(f, dkv), scale, false);
      matMul.batched(ofRow(dy, row).t(), scores(f, weighedPooled), turned(f, dkv + size), 1, false);
      Vec dOpen = new Vec(f, dkv, 2 * size);
      math.reluGradient(new Vec(f, kv, 2 * size), dOpen, 1, dOpen, false, 0, 2 * size);
      // To A and n.
      matMul.batched(
          whole(f, dkv, 2 * width, length),
          whole(f, normal, width + 1, length).t(),
          whole(da, chunk, 2 * width, width + 1),
          1,
          true);
      matMul.batched(
          new Matrices(new Matrix(a, 0, 2 * width, width, width + 1), 1, 0).t(),
          whole(f, dkv, 2 * width, length),
          whole(f, dx, width, length),
          1,
          false);
      normaliseGradient(f);
      math.add(f, dcTurned, f, dx, f, dcTurned, size);
      // To w * v and to P.
      Matrices dSums = turned(f, dx);
      matMul.batched(dSums, pairs(f, p), turned(f, dWeighed), 1, false);
      matMul.batched(dSums.t(), turned(f, weighed), pairs(f, dp), 1, true);
      for (int col = 0; col < size; col += length) {
        int at = dWeighed + col;
        math.multiplyAdd(f, at, f, vTurned + col, dw.data(), dWeights, length);
        math.multiplyAdd(f, at, w.data(), weights, f, dvTurned + col, length);
      }
    }

    private void throughSoftmax(float[] f, int y, int dy, int rows) {
      Matrix d = new Matrix(f, dy, rows, length);
      math.softmaxRowsGradient(new Matrix(f, y, rows, length), d, d, false, 0, rows);
    }

    /** dx = invStd * (dn - mean of dn - n * mean of (dn * n)), with dn in the place of dx. */
    private void normaliseGradient(float[] f) {
      sumColumns(f, dx, sums);
      math.multiply(f, dx, f, normal, f, dWeighed, size);
      sumColumns(f, dWeighed, sums + length);
      for (int col = 0; col < size; col += length) {
        for (int i = 0; i < length; i++) {
          float mean = f[sums + i] / width;
          float along = f[normal + col + i] * (f[sums + length + i] / width);
          f[dx + col + i] = f[invStd + i] * (f[dx + col + i] - mean - along);
        }
      }
    }

    /** From P to q and k; what v and c got goes back to rows. */
    private void listGradient(float[] f, float[][] members, int at) {
      throughSoftmax(f, p, dp, heads * length);
      matMul.batched(pairs(f, dp), members(f, k), members(members[0], at), scale, false);
      matMul.batched(pairs(f, dp).t(), members(f, q), members(members[1], at), scale, false);
      for (int j = 0; j < length; j++) {
        for (int col = 0; col < width; col++) {
          members[2][at + j * width + col] = f[dvTurned + col * length + j];
          members[3][at + j * width + col] = f[dcTurned + col * length + j];
        }
      }
    }

    private void addToEntities(Variable x, float[] perMember, int firstList, int count) {
      if (!x.needsGradient()) {
        return;
      }
      Tensor g = x.gradientToAddTo();
      tape.kernels()
          .embedding()
          .scatterAdd(
              Matrix.of(perMember, count * length, width),
              new Ids(lists.members(), firstList * length, count * length),
              1,
              null,
              g.matrix());
    }

    private void addToMatrix(Variable x, Tensor da, int chunks, int at) {
      if (!x.needsGradient()) {
        return;
      }
      Tensor g = x.gradientToAddTo();
      int n = width * (width + 1);
      for (int chunk = 0; chunk < chunks; chunk++) {
        math.add(g.data(), g.offset(), da.data(), chunk * 2 * n + at, g.data(), g.offset(), n);
      }
    }
  }
}
