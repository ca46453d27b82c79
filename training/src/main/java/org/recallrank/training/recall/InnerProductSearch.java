package org.recallrank.training.recall;

import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;

/**
 * Exact nearest neighbours by inner product: blocks of queries against blocks of candidates by
 * gemm, a bounded heap per query. Memory is a block of scores, not queries times candidates.
 *
 * <p>Serves one thread at a time.
 */
public final class InnerProductSearch {
  private static final int QUERIES = 64;
  private static final int CANDIDATES = 4096;

  private final Kernels kernels;

  /** Searches on the workers and by the products of these kernels. */
  public InnerProductSearch(Kernels kernels) {
    this.kernels = kernels;
  }

  /**
   * For each of n queries the k candidates of largest inner product, largest first; of equal ones
   * the lower row first. Candidate rows 0 and the last (padding and out-of-vocabulary) are never
   * found.
   *
   * @param queries [n, dim]
   * @param candidates [m, dim]
   * @param excludeSelf whether query q must not find candidate q
   * @param k at most m - 2, or m - 3 with excludeSelf
   * @return rows of candidates, [n, k]
   */
  public int[] search(Matrix queries, Matrix candidates, boolean excludeSelf, int k) {
    int[] found = new int[Math.multiplyExact(queries.rows(), k)];
    search(queries, candidates, excludeSelf, k, found, 0);
    return found;
  }

  /** The same into {@code found}, from place {@code at} on. */
  public void search(
      Matrix queries, Matrix candidates, boolean excludeSelf, int k, int[] found, int at) {
    int n = queries.rows();
    int m = candidates.rows();
    int chunks = (n + QUERIES - 1) / QUERIES;
    kernels.device().keep(candidates.data(), System.nanoTime()); // as they are now
    kernels
        .workers()
        .forChunks(
            chunks,
            c -> {
              int first = c * QUERIES;
              int count = Math.min(QUERIES, n - first);
              BestRows[] best = new BestRows[count];
              for (int q = 0; q < count; q++) {
                best[q] = new BestRows(k);
              }
              Matrix asked = queries.rows(first, count);
              float[] scores = new float[count * Math.min(CANDIDATES, m)];
              for (int from = 1; from < m - 1; from += CANDIDATES) {
                int width = Math.min(CANDIDATES, m - 1 - from);
                Matrix some = candidates.rows(from, width);
                Matrix products = Matrix.of(scores, count, width);
                kernels.matMul().gemm(asked, some.t(), products);
                for (int q = 0; q < count; q++) {
                  best[q].offer(scores, q * width, from, width, excludeSelf ? first + q : -1);
                }
              }
              for (int q = 0; q < count; q++) {
                best[q].drain(found, at + (first + q) * k);
              }
            });
  }

  /** The k best (score, row) pairs so far: a heap with the worst on top. */
  private static final class BestRows {
    private final float[] scores;
    private final int[] rows;
    private int size;

    BestRows(int k) {
      scores = new float[k];
      rows = new int[k];
    }

    void offer(float[] from, int offset, int firstRow, int count, int excluded) {
      for (int i = 0; i < count; i++) {
        float score = from[offset + i];
        int row = firstRow + i;
        if (row == excluded) {
          continue;
        }
        if (size < rows.length) {
          scores[size] = score;
          rows[size] = row;
          siftUp(size++);
        } else if (score > scores[0]) { // an equal score of a higher row is worse
          scores[0] = score;
          rows[0] = row;
          siftDown(size);
        }
      }
    }

    /** Whether entry a is to be thrown out before entry b. */
    private boolean worse(int a, int b) {
      return scores[a] < scores[b] || (scores[a] == scores[b] && rows[a] > rows[b]);
    }

    private void siftUp(int at) {
      while (at > 0 && worse(at, (at - 1) / 2)) {
        swap(at, (at - 1) / 2);
        at = (at - 1) / 2;
      }
    }

    private void siftDown(int end) {
      int at = 0;
      while (2 * at + 1 < end) {
        int child = 2 * at + 1;
        if (child + 1 < end && worse(child + 1, child)) {
          child++;
        }
        if (!worse(child, at)) {
          return;
        }
        swap(at, child);
        at = child;
      }
    }

    private void swap(int a, int b) {
      float score = scores[a];
      int row = rows[a];
      scores[a] = scores[b];
      rows[a] = rows[b];
      scores[b] = score;
      rows[b] = row;
    }

    void drain(int[] out, int offset) {
      for (int end = size - 1; end >= 0; end--) {
        out[offset + end] = rows[0];
        swap(0, end);
        siftDown(end);
      }
    }
  }
}
