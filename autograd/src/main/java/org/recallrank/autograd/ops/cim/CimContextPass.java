package org.recallrank.autograd.ops.cim;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.autograd.ops.cim.CimContext.Inputs;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;
import org.recallrank.tensor.Tensor;

/**
 * One application of {@link CimContext}: which lists are taken when, and what a thread does with
 * them.
 */
final class CimContextPass {
  /** At most so many chunks of a block, each with gradients of A of its own. */
  private static final int CHUNKS = 64;

  /** Floats of gradients of the members of lists that a block may have. */
  private static final int BLOCK_FLOATS = 1 << 23;

  /**
   * Gradients that are written row by row or list by list.
   *
   * @param members of the entities of a block's lists: those of q, k, v and c
   */
  private record Gradients(Tensor w, Tensor query, Tensor[] members) {}

  private final Tape tape;
  private final MatMulKernel matMul;
  private final VectorMath math;
  private final Inputs in;
  private final CimLists lists;
  private final int length;
  private final int width;
  private final int heads;
  private final int head; // columns of one
  private final float scale;
  private final float epsilon;

  /** [A_k ; A_v]. */
  private final Matrix a;

  CimContextPass(Inputs in, CimLists lists, int heads, float scale, float epsilon) {
    tape = in.q().tape();
    matMul = tape.kernels().matMul();
    math = tape.kernels().math();
    this.in = in;
    this.lists = lists;
    this.heads = heads;
    this.scale = scale;
    this.epsilon = epsilon;
    length = lists.length();
    width = in.q().value().cols();
    head = width / heads;
    a = tape.allocate(2 * width, width + 1).matrix();
  }

  private void copy(Tensor x, int row) {
    System.arraycopy(x.data(), x.offset(), a.data(), a.at(row, 0), x.size());
  }

  void forward(Tensor y) {
    copy(in.ofKeys().value(), 0);
    copy(in.ofValues().value(), width);
    forLists(
        lists.lists(),
        grain(lists.lists()),
        (from, to) -> {
          Work work = new Work(null);
          for (int list = from; list < to; list++) {
            work.forward(list, y);
          }
        });
  }

  private void forLists(int count, int grain, Range body) {
    tape.kernels().workers().forRanges(count, grain, body);
  }

  private static int grain(int lists) {
    return (lists + CHUNKS - 1) / CHUNKS;
  }

  void backward(Tensor dy) {
    int size = length * width;
    int block = Math.clamp(BLOCK_FLOATS / (4L * size), 1, Math.max(1, lists.lists()));
    int grain = grain(block);
    int chunks = Workers.chunks(block, grain);
    Tensor da = tape.allocate(chunks, 2 * width, width + 1);
    da.fill(0);
    Variable[] entities = {in.q(), in.k(), in.v(), in.c()};
    Tensor[] members = new Tensor[entities.length];
    Arrays.setAll(members, m -> tape.allocate(block * length, width));
    Gradients gradients = new Gradients(gradient(in.w()), gradient(in.query()), members);
    for (int start = 0; start < lists.lists(); start += block) {
      int first = start;
      int count = Math.min(block, lists.lists() - first);
      forLists(
          count,
          grain,
          (from, to) -> {
            int rows = 2 * width;
            Work work = new Work(da.matrix().rows(from / grain * rows, rows));
            for (int list = from; list < to; list++) {
              work.backward(first + list, list, dy, gradients);
            }
          });
      Ids index = new Ids(lists.members(), first * length, count * length);
      for (int m = 0; m < entities.length; m++) {
        if (entities[m].needsGradient()) {
          GatherRows.addBack(members[m].matrix().rows(0, count * length), index, 1, entities[m]);
        }
      }
    }
    addToMatrix(in.ofKeys(), da, chunks, 0);
    addToMatrix(in.ofValues(), da, chunks, width);
  }

  /** Where to add the gradient of x: if x needs none, to nobody's array. */
  private Tensor gradient(Variable x) {
    return x.needsGradient() ? x.gradientToAddTo() : tape.allocate(x.value().size());
  }

  private void addToMatrix(Variable x, Tensor da, int chunks, int row) {
    if (!x.needsGradient()) {
      return;
    }
    Vec g = x.gradientToAddTo().vec();
    for (int chunk = 0; chunk < chunks; chunk++) {
      math.add(g, da.matrix().rows(2 * width * chunk + row, width).flat(), g);
    }
  }

  /** C = factor * A B for each head, or added to what C holds. */
  private record Product(Matrices a, Matrices b, Matrices c, float factor, boolean add) {}

  /**
   * What a thread does: it takes one list, and through it one row after the other, with the
   * entities of the list along the vectors. The few thousand numbers of a row stay in L1, and means
   * over columns need no sums over lanes.
   *
   * <p>All numbers stand in one work array of the thread, at places for which the products are made
   * once: a row allocates nothing. A T says that a matrix is transposed, [width, length].
   */
  private final class Work {
    private final float[] f =
        tape.scratch(0)
            .floats(17 * width * length + 3 * heads * length * (length + 1) + 4 * (width + length));
    private int used;

    // Of a list: members [length, width]; P and its transpose, head below head.
    private final Matrix q = next(length, width);
    private final Matrix k = next(length, width);
    private final Matrix kT = next(width, length);
    private final Matrix vT = next(width, length);
    private final Matrix cT = next(width, length);
    private final Matrix p = next(heads * length, length);
    private final Matrix pT = next(heads * length, length);

    // Of a row.
    private final Matrix query = next(heads, head);
    private final Matrix weighedT = next(width, length); // w * v
    private final Matrix normalT = next(width + 1, length); // x, then n; and a row of ones
    private final Matrix keysT = next(width, length); // k'
    private final Matrix valuesT = next(width, length); // v', behind k'
    private final Matrix invStd = next(1, length);
    private final Matrix sums = next(2, length);
    private final Matrix pooled = next(heads, length); // softmax of the row's own scores
    private final Matrix weighedPooled = next(heads, length); // times w
    private final Matrix y = next(heads, head);

    // Gradients: of the list, then of the row.
    private final Matrix dp = next(heads * length, length);
    private final Matrix dvT = next(width, length);
    private final Matrix dcT = next(width, length);
    private final Matrix dq = next(length, width);
    private final Matrix dk = next(length, width);
    private final Matrix dy = next(heads, head);
    private final Matrix dQuery = next(heads, head);
    private final Matrix dKeysT = next(width, length);
    private final Matrix dValuesT = next(width, length);
    private final Matrix dPooled = next(heads, length);
    private final Matrix dxT = next(width, length);
    private final Matrix dWeighedT = next(width, length);

    private final Matrix both = new Matrix(f, keysT.offset(), 2 * width, length); // k', v'
    private final Matrix dBoth = new Matrix(f, dKeysT.offset(), 2 * width, length);
    private final Vec open = both.flat();
    private final Vec dOpen = dBoth.flat();

    private final Product scoresOfList = product(members(q), columns(kT), pairs(p), scale);
    private final Product attended =
        product(columns(weighedT), pairs(pT), columns(normalT.rows(0, width)), 1);
    private final Product transformed = product(one(a), one(normalT), one(both), 1);
    private final Product scoresOfRow = product(rows(query), columns(keysT), rows(pooled), scale);
    private final Product found = product(rows(weighedPooled), columns(valuesT).t(), rows(y), 1);

    private final Product toPooled = product(rows(dy), columns(valuesT), rows(dPooled), 1);
    private final Product toQuery =
        new Product(rows(dPooled), columns(keysT).t(), rows(dQuery), scale, true);
    private final Product toKeys = product(rows(query).t(), rows(dPooled), columns(dKeysT), scale);
    private final Product toValues =
        product(rows(dy).t(), rows(weighedPooled), columns(dValuesT), 1);
    private final Product toA; // null in the forward pass
    private final Product toNormal = product(one(a.columns(0, width)).t(), one(dBoth), one(dxT), 1);
    private final Product toWeighed = product(columns(dxT), pairs(p), columns(dWeighedT), 1);
    private final Product toPairs =
        new Product(columns(dxT).t(), columns(weighedT), pairs(dp), 1, true);
    private final Product toQ = product(pairs(dp), members(k), members(dq), scale);
    private final Product toK = product(pairs(dp).t(), members(q), members(dk), scale);

    /**
     * @param da the gradient of [A_k ; A_v], to which rows add; null in the forward pass
     */
    Work(Matrix da) {
      toA = da == null ? null : new Product(one(dBoth), one(normalT).t(), one(da), 1, true);
      fill(normalT.rows(width, 1), 1);
    }

    private Matrix next(int rows, int cols) {
      Matrix x = new Matrix(f, used, rows, cols);
      used += x.size();
      return x;
    }

    // A matrix as one of each head.

    /** Of entities as they are, [length, head]. */
    private Matrices members(Matrix x) {
      return new Matrices(x.columns(0, head), heads, head);
    }

    /** Of transposed entities, [head, length]. */
    private Matrices columns(Matrix x) {
      return Matrices.of(x, head);
    }

    /** A number per pair of entities, [length, length]. */
    private Matrices pairs(Matrix x) {
      return Matrices.of(x, length);
    }

    /** A row for each head. */
    private Matrices rows(Matrix x) {
      return Matrices.of(x, 1);
    }

    /** The same for all heads together. */
    private Matrices one(Matrix x) {
      return new Matrices(x, 1, 0);
    }

    private Product product(Matrices a, Matrices b, Matrices c, float factor) {
      return new Product(a, b, c, factor, false);
    }

    private void run(Product x) {
      matMul.batched(x.a, x.b, x.c, x.factor, x.add);
    }

    /** Writes y of the rows of a list. */
    void forward(int list, Tensor ys) {
      takeList(list);
      for (int row = firstRow(list); row < firstRow(list + 1); row++) {
        takeRow(row);
        run(found);
        copyBack(y, ys, row * width);
      }
    }

    private int firstRow(int list) {
      return lists.firstRow()[list];
    }

    /** The members of a list, and P. */
    private void takeList(int list) {
      for (int j = 0; j < length; j++) {
        int member = lists.members()[list * length + j] * width;
        copy(in.q().value(), member, q.at(j, 0));
        copy(in.k().value(), member, k.at(j, 0));
        transpose(in.k().value(), member, kT, j);
        transpose(in.v().value(), member, vT, j);
        transpose(in.c().value(), member, cT, j);
      }
      run(scoresOfList);
      softmax(p);
      for (int i = 0; i < p.rows(); i++) {
        int from = p.at(i, 0);
        int to = pT.at(i / length * length, i % length);
        for (int j = 0; j < length; j++) {
          f[to + j * length] = f[from + j];
        }
      }
    }

    /** A row of x, which begins at element {@code from}. */
    private void copy(Tensor x, int from, int to) {
      System.arraycopy(x.data(), x.offset() + from, f, to, width);
    }

    private void copyBack(Matrix x, Tensor to, int at) {
      System.arraycopy(f, x.offset(), to.data(), to.offset() + at, x.size());
    }

    /** A row of x as column j. */
    private void transpose(Tensor x, int from, Matrix to, int j) {
      float[] data = x.data();
      int at = x.offset() + from;
      int first = to.at(0, j);
      for (int i = 0; i < width; i++) {
        f[first + i * length] = data[at + i];
      }
    }

    /** All of a row up to its own softmax. */
    private void takeRow(int row) {
      Tensor w = in.w().value();
      int weights = w.offset() + row * length;
      copy(in.query().value(), row * width, query.offset());
      multiplyRows(vT, w.data(), weights, weighedT);
      run(attended);
      math.add(f, normalT.offset(), f, cT.offset(), f, normalT.offset(), cT.size());
      normalise();
      run(transformed);
      math.relu(f, both.offset(), f, both.offset(), both.size());
      run(scoresOfRow);
      softmax(pooled);
      multiplyRows(pooled, w.data(), weights, weighedPooled);
    }

    private void softmax(Matrix x) {
      math.softmaxRows(f, x.offset(), x.rows(), length, f, x.offset());
    }

    /** Each row of x times one row. */
    private void multiplyRows(Matrix x, float[] row, int at, Matrix to) {
      for (int i = 0; i < x.rows(); i++) {
        math.multiply(f, x.at(i, 0), row, at, f, to.at(i, 0), length);
      }
    }

    /** n of x, in two passes, so that a large mean does not spoil the variance. */
    private void normalise() {
      int at = normalT.offset();
      int size = width * length;
      int squares = both.offset();
      sumColumns(at, 0);
      math.scale(-1f / width, f, sums.offset(), f, sums.offset(), length, false);
      for (int i = at; i < at + size; i += length) {
        math.add(f, i, f, sums.offset(), f, i, length);
      }
      math.multiply(f, at, f, at, f, squares, size);
      sumColumns(squares, 0);
      for (int i = 0; i < length; i++) {
        double variance = (double) f[sums.offset() + i] / width;
        f[invStd.offset() + i] = (float) (1 / Math.sqrt(variance + epsilon));
      }
      for (int i = at; i < at + size; i += length) {
        math.multiply(f, i, f, invStd.offset(), f, i, length);
      }
    }

    /** sums[i] = the sums over width of what stands at {@code x}. */
    private void sumColumns(int x, int i) {
      int to = sums.at(i, 0);
      Arrays.fill(f, to, to + length, 0);
      math.addColumnSums(f, x, length, width, length, f, to);
    }

    private void fill(Matrix x, float value) {
      Arrays.fill(f, x.offset(), x.offset() + x.size(), value);
    }

    /**
     * Adds the gradients of the rows of a list.
     *
     * @param slot of the list in the gradients of members
     */
    void backward(int list, int slot, Tensor dys, Gradients to) {
      takeList(list);
      fill(dp, 0);
      fill(dvT, 0);
      fill(dcT, 0);
      for (int row = firstRow(list); row < firstRow(list + 1); row++) {
        takeRow(row);
        rowGradient(row, dys, to);
      }
      throughSoftmax(p, dp);
      run(toQ);
      run(toK);
      Tensor[] members = to.members();
      copyBack(dq, members[0], slot * dq.size());
      copyBack(dk, members[1], slot * dk.size());
      transposeBack(dvT, members[2], slot * dq.size());
      transposeBack(dcT, members[3], slot * dq.size());
    }

    private void transposeBack(Matrix x, Tensor to, int at) {
      for (int j = 0; j < length; j++) {
        for (int i = 0; i < width; i++) {
          to.set(at + j * width + i, f[x.offset() + i * length + j]);
        }
      }
    }

    private void rowGradient(int row, Tensor dys, Gradients to) {
      float[] w = in.w().value().data();
      int wAt = in.w().value().offset() + row * length;
      float[] dw = to.w().data();
      int dwAt = to.w().offset() + row * length;
      copy(dys, row * width, dy.offset());
      // To the row's softmax, and to w that stands behind it.
      run(toPooled);
      addProducts(pooled, dPooled, dw, dwAt);
      multiplyRows(dPooled, w, wAt, dPooled);
      throughSoftmax(pooled, dPooled);
      // To query, k' and v'.
      copy(to.query(), row * width, dQuery.offset());
      run(toQuery);
      copyBack(dQuery, to.query(), row * width);
      run(toKeys);
      run(toValues);
      math.reluGradient(open, dOpen, 1, dOpen, false, 0, dOpen.size());
      // To A and n.
      run(toA);
      run(toNormal);
      normaliseGradient();
      math.add(f, dcT.offset(), f, dxT.offset(), f, dcT.offset(), dcT.size());
      // To w * v and to P.
      run(toWeighed);
      run(toPairs);
      addProducts(dWeighedT, vT, dw, dwAt);
      for (int i = 0; i < width; i++) {
        math.multiplyAdd(f, dWeighedT.at(i, 0), w, wAt, f, dvT.at(i, 0), length);
      }
    }

    /** Adds x * y, summed over rows, to one row. */
    private void addProducts(Matrix x, Matrix y, float[] row, int at) {
      for (int i = 0; i < x.rows(); i++) {
        math.multiplyAdd(f, x.at(i, 0), f, y.at(i, 0), row, at, length);
      }
    }

    private void throughSoftmax(Matrix y, Matrix dy) {
      math.softmaxRowsGradient(y, dy, dy, false, 0, y.rows());
    }

    /** dx = invStd * (dn - mean of dn - n * mean of (dn * n)), with dn in the place of dx. */
    private void normaliseGradient() {
      int dx = dxT.offset();
      int n = normalT.offset();
      int size = dxT.size();
      sumColumns(dx, 0);
      math.multiply(f, dx, f, n, f, dWeighedT.offset(), size);
      sumColumns(dWeighedT.offset(), 1);
      int ofDn = sums.at(0, 0);
      int ofProducts = sums.at(1, 0);
      for (int col = 0; col < size; col += length) {
        for (int i = 0; i < length; i++) {
          float mean = f[ofDn + i] / width;
          float along = f[n + col + i] * (f[ofProducts + i] / width);
          f[dx + col + i] = f[invStd.offset() + i] * (f[dx + col + i] - mean - along);
        }
      }
    }
  }
}
