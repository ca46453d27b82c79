package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.training.recall.InnerProductSearch;

/**
 * The k candidates of largest inner product with each of some queries, exactly: what SimHash and
 * Hamming distance stand in for. Elements are small whole numbers, so that scores are exact in any
 * order of addition, and many are equal.
 */
public final class InnerProductCase implements KernelCase {
  /** Standard deviation of an element before rounding. */
  private static final double SPREAD = 4;

  public final int n;
  public final int dim;
  public final int queries;
  public final int k;

  /** [queries, dim]. */
  public final float[] query;

  /**
   * [n + 2, dim], the first and the last row, of padding and the unknown, left out by the search.
   */
  public final float[] candidates;

  /** [queries, k], rows of {@link #candidates}. */
  private int[] found;

  public InnerProductCase(int n, int dim, int queries, int k) {
    this.n = n;
    this.dim = dim;
    this.queries = queries;
    this.k = k;
    SplittableRandom random = new SplittableRandom(42);
    query = wholeNumbers(random, queries * dim);
    candidates = wholeNumbers(random, Math.multiplyExact(n + 2, dim));
  }

  private static float[] wholeNumbers(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = Math.round(SPREAD * random.nextGaussian());
    }
    return values;
  }

  @Override
  public String name() {
    return "inner-product top-" + k + " of " + n + "x" + dim + " " + queries + " queries";
  }

  /** The candidates cross the bus once for all queries; scores need not. */
  @Override
  public Work work() {
    double scores = (double) n * queries;
    double bytes =
        (double) Float.BYTES * dim * (n + queries) + Integer.BYTES * (double) queries * k;
    return new Work(scores, "scores", 2 * scores * dim, bytes);
  }

  @Override
  public void reset() {
    found = new int[queries * k];
  }

  @Override
  public Object run(Kernels kernels) {
    found =
        new InnerProductSearch(kernels)
            .search(Matrix.of(query, queries, dim), Matrix.of(candidates, n + 2, dim), false, k);
    return found;
  }

  /** Sorts all candidates by score, largest first, then by row. */
  @Override
  public void compare() {
    long[] best = new long[n];
    for (int q = 0; q < queries; q++) {
      for (int row = 1; row <= n; row++) {
        long score = 0;
        for (int e = 0; e < dim; e++) {
          score += (long) query[q * dim + e] * (long) candidates[row * dim + e];
        }
        best[row - 1] = -score << 32 | row;
      }
      Arrays.sort(best);
      for (int j = 0; j < k; j++) {
        Oracle.same(name(), q * k + j, found[q * k + j], (int) best[j]);
      }
    }
  }
}
