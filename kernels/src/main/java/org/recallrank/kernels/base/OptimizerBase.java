package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.OptimizerKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link OptimizerKernel}: checks, chunks and the walk over a table
 * whose gradient is sparse. A backend supplies the loop of each rule over elements from .. to of a
 * parameter, whose gradient is g from gAt on.
 */
public abstract class OptimizerBase implements OptimizerKernel {
  private static final int GRAIN = 1 << 15;

  /** Floats of table rows handled at a time, so that their gradient lies in L1. */
  private static final int TABLE_BLOCK = 1 << 11;

  private final Workers workers;
  private final Scratch gradientBlock = new Scratch();

  protected OptimizerBase(Workers workers) {
    this.workers = workers;
  }

  protected abstract double adam(
      Moments moments, AdamStep step, int from, int to, float[] g, int gAt);

  protected abstract double sgd(Vec w, PlainStep step, int from, int to, float[] g, int gAt);

  protected abstract double adagrad(
      Squares squares, PlainStep step, float epsilon, int from, int to, float[] g, int gAt);

  @Override
  public final double adam(Moments moments, Gradient gradient, AdamStep step) {
    Vec w = moments.w();
    Checks.sameSize("adam", "w", w, "m", moments.m());
    Checks.sameSize("adam", "w", w, "v", moments.v());
    Vec g = undivided("adam", w, gradient);
    return g != null
        ? adam(moments, step, 0, w.size(), g.data(), g.offset())
        : update("adam", w, gradient, (from, to, x, at) -> adam(moments, step, from, to, x, at));
  }

  @Override
  public final double sgd(Vec w, Gradient gradient, PlainStep step) {
    Vec g = undivided("sgd", w, gradient);
    return g != null
        ? sgd(w, step, 0, w.size(), g.data(), g.offset())
        : update("sgd", w, gradient, (from, to, x, at) -> sgd(w, step, from, to, x, at));
  }

  @Override
  public final double adagrad(Squares squares, Gradient gradient, PlainStep step, float epsilon) {
    Vec w = squares.w();
    Checks.sameSize("adagrad", "w", w, "s", squares.s());
    Vec g = undivided("adagrad", w, gradient);
    return g != null
        ? adagrad(squares, step, epsilon, 0, w.size(), g.data(), g.offset())
        : update(
            "adagrad",
            w,
            gradient,
            (from, to, x, at) -> adagrad(squares, step, epsilon, from, to, x, at));
  }

  /** The gradient of a parameter that is one chunk, as most are: then no lambda; else null. */
  private static Vec undivided(String op, Vec w, Gradient gradient) {
    return gradient instanceof Dense dense && w.size() <= GRAIN ? whole(op, w, dense) : null;
  }

  private static Vec whole(String op, Vec w, Dense gradient) {
    Checks.sameSize(op, "w", w, "g", gradient.values());
    return gradient.values();
  }

  /** A rule with its parameter and constants. */
  @FunctionalInterface
  private interface Rule {
    double update(int from, int to, float[] g, int gAt);
  }

  private double update(String op, Vec w, Gradient gradient, Rule rule) {
    return switch (gradient) {
      case Dense dense -> {
        Vec g = whole(op, w, dense);
        yield workers.sumRanges(
            w.size(), GRAIN, (from, to) -> rule.update(from, to, g.data(), g.at(from)));
      }
      case Table table -> updateTable(op, w, table, rule);
      case Rows rows -> updateRows(op, w, rows, rule);
    };
  }

  /**
   * The gradient of a block of rows is laid out as if it were dense in an array that stays in L1
   * and is all zero but for the block's rows with a gradient; so memory sees one pass over the
   * weights and what belongs to them.
   */
  private double updateTable(String op, Vec w, Table table, Rule rule) {
    int dim = table.values().cols();
    if (dim == 0) {
      return 0;
    }
    int rows = w.size() / dim;
    Checks.range(op, "slotOfRow", table.slotOfRow().length, 0, rows);
    int blockRows = Math.max(1, TABLE_BLOCK / dim);
    int grain = Math.max(1, GRAIN / (blockRows * dim)) * blockRows;
    return workers.sumRanges(
        rows,
        grain,
        (from, to) -> {
          float[] block = gradientBlock.floats(blockRows * dim);
          double sum = 0;
          for (int row = from; row < to; row += blockRows) {
            int end = Math.min(to, row + blockRows);
            layOut(op, table, row, end, block);
            sum += rule.update(row * dim, end * dim, block, 0);
          }
          return sum;
        });
  }

  private static void layOut(String op, Table table, int from, int to, float[] block) {
    Matrix g = table.values();
    Arrays.fill(block, 0, (to - from) * g.cols(), 0);
    for (int row = from; row < to; row++) {
      int slot = table.slotOfRow()[row];
      if (slot >= 0) {
        Checks.row(op, "the gradient", slot, g.rows(), row);
        System.arraycopy(g.data(), g.at(slot, 0), block, (row - from) * g.cols(), g.cols());
      }
    }
  }

  private static double updateRows(String op, Vec w, Rows touched, Rule rule) {
    Matrix g = touched.values();
    int dim = g.cols();
    int tableRows = w.size() / Math.max(1, dim);
    double sum = 0;
    for (int s = 0; s < touched.rows().size(); s++) {
      int row = Checks.row(op, "the table", touched.rows().get(s), tableRows, s);
      sum += rule.update(row * dim, (row + 1) * dim, g.data(), g.at(s, 0));
    }
    return sum;
  }
}
