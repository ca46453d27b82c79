package org.recallrank.bench.cases;

import java.util.SplittableRandom;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;

/** Rows out of a table, or added into it, at random positions. */
public final class EmbeddingCase implements KernelCase {

  /** Which way the rows go. */
  public enum Direction {
    GATHER,
    SCATTER_ADD
  }

  public final Direction direction;
  public final int tableRows;
  public final int dim;
  public final int n;

  /** [tableRows, dim]: read by a gather, added to by a scatter. */
  public final float[] table;

  /** [n]. */
  public final int[] index;

  /** [n, dim]: written by a gather, read by a scatter. */
  public final float[] rows;

  public EmbeddingCase(Direction direction, int tableRows, int dim, int n) {
    this.direction = direction;
    this.tableRows = tableRows;
    this.dim = dim;
    this.n = n;
    table = new float[Math.multiplyExact(tableRows, dim)];
    rows = new float[n * dim];
    index = Oracle.positions(new SplittableRandom(42), n, tableRows);
    reset();
  }

  @Override
  public String name() {
    return "embedding " + direction + " " + n + "x" + dim + " of " + tableRows + " rows";
  }

  /** A row of the table that occurs several times crosses the bus once. */
  @Override
  public Work work() {
    double touched = (double) Oracle.distinct(index, tableRows) * dim;
    boolean scatter = direction == Direction.SCATTER_ADD;
    double floats = rows.length + (scatter ? 2 : 1) * touched;
    double bytes = Float.BYTES * floats + Integer.BYTES * (double) n;
    return new Work(n, "rows", scatter ? rows.length : 0, bytes);
  }

  @Override
  public void reset() {
    fill(table, 1);
    fill(rows, 2);
  }

  private static void fill(float[] values, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
  }

  @Override
  public Object run(Kernels kernels) {
    Matrix all = Matrix.of(table, tableRows, dim);
    Matrix some = Matrix.of(rows, n, dim);
    if (direction == Direction.GATHER) {
      kernels.embedding().gather(all, Ids.of(index), some);
      return rows;
    }
    kernels.embedding().scatterAdd(some, Ids.of(index), 1, null, all);
    return table;
  }

  @Override
  public void compare() {
    if (direction == Direction.GATHER) {
      compareGathered();
    } else {
      compareTable();
    }
  }

  private void compareGathered() {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < dim; j++) {
        Oracle.close(name(), i * dim + j, rows[i * dim + j], table[index[i] * dim + j], 0);
      }
    }
  }

  private void compareTable() {
    float[] before = new float[table.length];
    fill(before, 1);
    double[] sum = new double[table.length];
    double[] magnitude = new double[table.length];
    int[] terms = new int[tableRows];
    for (int i = 0; i < n; i++) {
      terms[index[i]]++;
      for (int j = 0; j < dim; j++) {
        sum[index[i] * dim + j] += rows[i * dim + j];
        magnitude[index[i] * dim + j] += Math.abs(rows[i * dim + j]);
      }
    }
    for (int at = 0; at < table.length; at++) {
      double bound = terms[at / dim] * Oracle.EPSILON * (magnitude[at] + Math.abs(before[at]));
      Oracle.close(name(), at, table[at], before[at] + sum[at], bound);
    }
  }
}
