package org.recallrank.autograd.ops.fused;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.VectorMath;
import org.recallrank.kernels.Workers;
import org.recallrank.tensor.Tensor;

/**
 * The elementary symmetric polynomials e_1 .. e_K of the fields, column by column: e_k is the sum,
 * over all sets of k fields, of their product (DeepIM's interactions of order k; Yu et al., CIKM
 * 2020). [B, F, d] to [B, K d], e_1 first.
 *
 * <p>Field by field, e_k(f) = e_k(f-1) + x_f e_{k-1}(f-1) with e_0 = 1. FuxiCTR computes the same
 * from power sums by Newton's formulas, whose large terms cancel; where K exceeds F they leave
 * rounding noise for batch normalisation to blow up. Here e_k is exactly 0 for k &gt; F, at no
 * greater cost.
 *
 * <p>The gradient takes these steps backwards: with a_k = dL/de_k(f), dL/dx_f is the sum over k of
 * a_k e_{k-1}(f-1), and a_{k-1} += a_k x_f leads to f-1. The e_k(f) are computed again, not stored.
 */
public final class ElementarySymmetric {
  /** Columns that are worked on at a time: long loops, and all they touch stays in L2. */
  private static final int BLOCK = 256;

  /** Blocks that share their work array and run on one thread. */
  private static final int BLOCKS_PER_CHUNK = 16;

  private ElementarySymmetric() {}

  /**
   * Of x [B, F, d], which gives [B, K d].
   *
   * @param order K, at least 1
   */
  public static Variable apply(Variable x, int order) {
    Tape tape = x.tape();
    int batch = x.shape().dim(0);
    int fields = x.shape().dim(1);
    int d = x.shape().dim(2);
    if (order < 1) {
      throw new IllegalArgumentException(
          "elementary symmetric: order must be at least 1: " + order);
    }
    Variable y = tape.output(x.needsGradient(), batch, order * d);
    Tensor xv = x.value();
    Tensor yv = y.value();
    tape.forward(
        forBlocks(tape, batch, d, fields + order + 1, block -> forward(block, xv, yv, fields)));
    tape.record(
        y,
        () -> {
          boolean add = x.startGradient();
          Tensor dx = x.gradient();
          Tensor dy = y.gradient();
          forBlocks(
                  tape,
                  batch,
                  d,
                  (order + 2) * fields + order,
                  block -> backward(block, xv, dy, order, dx, add))
              .run();
        });
    return y;
  }

  private static void forward(Block block, Tensor x, Tensor y, int fields) {
    int order = y.cols() / block.d;
    block.load(x, fields, 0);
    int e = fields; // e_0 .. e_K
    block.fill(e, 1, 1);
    block.fill(e + 1, order, 0);
    for (int f = 0; f < fields; f++) {
      for (int k = Math.min(order, f + 1); k > 0; k--) {
        block.multiplyAdd(f, e + k - 1, e + k);
      }
    }
    block.store(y, order, e + 1);
  }

  private static void backward(
      Block block, Tensor x, Tensor dy, int order, Tensor dx, boolean add) {
    int fields = x.shape().dim(1);
    int e = fields; // e_0(f) .. e_{K-1}(f) for f = 0 .. F-1
    int a = e + fields * order; // a_1 .. a_K
    int g = a + order; // dL/dx_f
    block.load(x, fields, 0);
    block.fill(e, 1, 1);
    block.fill(e + 1, order - 1, 0);
    for (int f = 1; f < fields; f++) {
      int next = e + f * order;
      block.copy(next - order, order, next);
      for (int k = Math.min(order - 1, f); k > 0; k--) {
        block.multiplyAdd(f - 1, next + k - 1, next + k);
      }
    }
    block.load(dy, order, a);
    if (add) {
      block.load(dx, fields, g);
    } else {
      block.fill(g, fields, 0);
    }
    for (int f = fields - 1; f >= 0; f--) {
      int terms = Math.min(order, f + 1);
      for (int k = 1; k <= terms; k++) {
        block.multiplyAdd(a + k - 1, e + f * order + k - 1, g + f);
      }
      for (int k = 2; k <= terms; k++) {
        block.multiplyAdd(a + k - 1, f, a + k - 2);
      }
    }
    block.store(dx, fields, g);
  }

  private interface BlockBody {
    void run(Block block);
  }

  /** What runs the body on blocks of rows with room for {@code parts} parts. */
  private static Runnable forBlocks(Tape tape, int batch, int d, int parts, BlockBody body) {
    int rows = Math.max(1, BLOCK / d);
    int chunkRows = rows * BLOCKS_PER_CHUNK;
    int chunks = Workers.chunks(batch, chunkRows);
    float[] work = tape.allocate(chunks, parts, rows, d).data();
    VectorMath math = tape.kernels().math();
    Workers workers = tape.kernels().workers();
    IntConsumer chunk =
        c -> {
          int end = Math.min(batch, (c + 1) * chunkRows);
          for (int row = c * chunkRows; row < end; row += rows) {
            int count = Math.min(rows, end - row);
            body.run(new Block(math, work, c * parts * rows * d, row, count, d));
          }
        };
    return () -> workers.forChunks(chunks, chunk);
  }

  /**
   * Some rows of a batch, transposed so that a loop runs over all of them: what belongs to a field
   * (or to one e_k), [rows, d], is a part, and parts lie one behind the other.
   */
  private static final class Block {
    private final VectorMath math;
    private final float[] work;
    private final int start;
    private final int firstRow;
    private final int rows;
    private final int d;
    private final int n;

    Block(VectorMath math, float[] work, int start, int firstRow, int rows, int d) {
      this.math = math;
      this.work = work;
      this.start = start;
      this.firstRow = firstRow;
      this.rows = rows;
      this.d = d;
      n = rows * d;
    }

    private int at(int part) {
      return start + part * n;
    }

    /** Parts from {@code to} on become the rows of {@code from}, [batch, count * d]. */
    void load(Tensor from, int count, int to) {
      for (int r = 0; r < rows; r++) {
        for (int p = 0; p < count; p++) {
          int source = from.offset() + ((firstRow + r) * count + p) * d;
          System.arraycopy(from.data(), source, work, at(to + p) + r * d, d);
        }
      }
    }

    /** The reverse of {@link #load}. */
    void store(Tensor to, int count, int from) {
      for (int r = 0; r < rows; r++) {
        for (int p = 0; p < count; p++) {
          int target = to.offset() + ((firstRow + r) * count + p) * d;
          System.arraycopy(work, at(from + p) + r * d, to.data(), target, d);
        }
      }
    }

    void fill(int part, int count, float value) {
      Arrays.fill(work, at(part), at(part + count), value);
    }

    void copy(int from, int count, int to) {
      System.arraycopy(work, at(from), work, at(to), count * n);
    }

    /** z += x * y. */
    void multiplyAdd(int x, int y, int z) {
      math.multiplyAdd(work, at(x), work, at(y), work, at(z), n);
    }
  }
}
