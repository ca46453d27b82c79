package org.recallrank.kernels.base;

import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.EmbeddingKernel;
import org.recallrank.kernels.HammingKernel;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.HammingKernel.TopK;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Matrices;
import org.recallrank.kernels.MatMulKernel.Packed;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;

/**
 * The argument checks of all backends. Each names the operation, the argument, what it needs and
 * what it found.
 */
public final class Checks {
  private Checks() {}

  /** Numbers go by %s, which writes them alike in every locale. */
  private static IllegalArgumentException refused(String format, Object... values) {
    return new IllegalArgumentException(format.formatted(values));
  }

  /** A number of elements, rows or columns. */
  public static void size(String op, String what, int n) {
    if (n < 0) {
      throw refused("%s: %s must not be negative: %s", op, what, n);
    }
  }

  /** A size that must not be zero. */
  public static void positive(String op, String what, int n) {
    if (n < 1) {
      throw refused("%s: %s must be at least 1: %s", op, what, n);
    }
  }

  /** A probability of dropping, in [0, 1). */
  public static void dropProbability(String op, float p) {
    if (!(p >= 0 && p < 1)) {
      throw refused("%s: p must be in [0, 1): %s", op, p);
    }
  }

  /** Two vectors of equally many elements. */
  public static void sameSize(String op, String x, Vec xs, String y, Vec ys) {
    if (xs.size() != ys.size()) {
      throw refused("%s: %s has %s elements, %s %s", op, x, xs.size(), y, ys.size());
    }
  }

  /** A vector of so many elements. */
  public static void elements(String op, String what, Vec x, int n) {
    if (x.size() != n) {
      throw refused("%s: %s has %s elements; %s are needed", op, what, x.size(), n);
    }
  }

  /** Two matrices of one shape. */
  public static void sameShape(String op, String x, Matrix xs, String y, Matrix ys) {
    if (xs.rows() != ys.rows() || xs.cols() != ys.cols()) {
      throw refused("%s: %s is %s, %s is %s", op, x, xs.shape(), y, ys.shape());
    }
  }

  /** A matrix of such a shape, whose rows are stored one by one. */
  public static void shape(String op, String what, Matrix x, int rows, int cols) {
    if (x.rows() != rows || x.cols() != cols) {
      throw refused("%s: %s is %s; [%s, %s] is needed", op, what, x.shape(), rows, cols);
    }
    storedByRows(op, what, x);
  }

  /** A matrix of such a shape, without gaps between its rows. */
  public static void denseShape(String op, String what, Matrix x, int rows, int cols) {
    shape(op, what, x, rows, cols);
    dense(op, what, x);
  }

  /** A matrix whose rows are stored one by one. */
  public static void storedByRows(String op, String what, Matrix x) {
    if (x.transposed()) {
      throw refused("%s: %s must not be transposed: %s", op, what, x);
    }
  }

  /** A matrix without gaps between its rows. */
  public static void dense(String op, String what, Matrix x) {
    if (!x.dense()) {
      throw refused("%s: %s must be dense: %s", op, what, x);
    }
  }

  /** {@code n} elements from {@code offset} of an array of {@code length}. */
  public static void range(String op, String what, int length, int offset, long n) {
    if (n < 0) {
      throw refused("%s: number of elements of %s must not be negative: %s", op, what, n);
    }
    if (offset < 0) {
      throw refused("%s: offset of %s must not be negative: %s", op, what, offset);
    }
    if (offset + n > length) {
      throw refused(
          "%s: %s needs %s elements from offset %s, but its array has %s",
          op, what, n, offset, length);
    }
  }

  /** The arguments of {@link MatMulKernel#gemm}. */
  public static void gemm(Matrix a, Matrix b, Matrix c, Vec bias) {
    product("gemm", a, b, c);
    if (bias != null) {
      elements("gemm", "bias", bias, c.cols());
    }
  }

  /** The arguments of {@link MatMulKernel#pack}. */
  public static void pack(Matrix b, Vec bias) {
    if (bias != null) {
      elements("pack", "bias", bias, b.cols());
    }
    for (int p = 0; p < b.rows(); p++) {
      for (int j = 0; j < b.cols(); j++) {
        float x = b.data()[b.at(p, j)];
        if (!Float.isFinite(x)) {
          throw refused("pack: b must be finite; row %s, column %s is %s", p, j, x);
        }
      }
    }
  }

  /** The arguments of a product with a packed matrix. */
  public static void packedGemm(Matrix a, Packed b, Matrix c) {
    if (a.cols() != b.rows()) {
      throw refused(
          "gemm: a is %s, packed b is [%s, %s]; inner dimensions %s and %s differ",
          a.shape(), b.rows(), b.cols(), a.cols(), b.rows());
    }
    if (c.rows() != a.rows() || c.cols() != b.cols()) {
      throw refused(
          "gemm: a is %s, packed b is [%s, %s], but c is %s",
          a.shape(), b.rows(), b.cols(), c.shape());
    }
    storedByRows("gemm", "a", a);
    storedByRows("gemm", "c", c);
  }

  /** What to throw of a matrix that another backend packed. */
  public static IllegalArgumentException packedElsewhere(String backend, Packed b) {
    return refused(
        "gemm: b was packed by another backend (%s); pack it with the %s one",
        b.getClass().getSimpleName(), backend);
  }

  /** The arguments of {@link MatMulKernel#batched}. */
  public static void batched(Matrices a, Matrices b, Matrices c) {
    if (a.count() != c.count() || b.count() != c.count()) {
      throw refused(
          "batched: numbers of matrices differ: %s a, %s b, %s c", a.count(), b.count(), c.count());
    }
    if (c.count() > 0) {
      product("batched", a.first(), b.first(), c.first());
    }
  }

  private static void product(String op, Matrix a, Matrix b, Matrix c) {
    if (a.cols() != b.rows()) {
      throw refused(
          "%s: a is %s, b is %s; inner dimensions %s and %s differ",
          op, a.shape(), b.shape(), a.cols(), b.rows());
    }
    if (c.rows() != a.rows() || c.cols() != b.cols()) {
      throw refused("%s: a is %s, b is %s, but c is %s", op, a.shape(), b.shape(), c.shape());
    }
    if (c.transposed()) {
      throw refused("%s: c must not be transposed", op);
    }
  }

  /** The arguments of {@link HammingKernel#distances}. */
  public static void hammingDistances(
      BitMatrix query, BitMatrix pool, int[] distance, int distanceOffset) {
    String op = "hamming.distances";
    sameBits(op, query, pool);
    if (query.rows() != 1) {
      throw refused("%s: query must be one row; it is %s", op, query.shape());
    }
    range(op, "distance", distance.length, distanceOffset, pool.rows());
  }

  /** The arguments of {@link HammingKernel#topK}. */
  public static void hammingTopK(BitMatrix queries, BitMatrix pool, int k, TopK result) {
    String op = "hamming.topK";
    sameBits(op, queries, pool);
    topK(op, k, pool.rows());
    range(op, "index", result.index().length, 0, (long) queries.rows() * k);
    range(op, "distance", result.distance().length, 0, (long) queries.rows() * k);
  }

  /**
   * The arguments of {@link HammingKernel#topKOfLists}; which rows and ids there are is not
   * checked.
   */
  public static void hammingTopKOfLists(
      BitMatrix queries, Ids queryRow, BitMatrix pool, Lists lists, int k, int[] position) {
    String op = "hamming.topKOfLists";
    sameBits(op, queries, pool);
    topK(op, k, lists.length());
    if (queryRow.size() != lists.of().size()) {
      throw refused("%s: %s queries, but lists for %s", op, queryRow.size(), lists.of().size());
    }
    range(op, "position", position.length, 0, (long) queryRow.size() * k);
  }

  private static void sameBits(String op, BitMatrix queries, BitMatrix pool) {
    if (queries.words() != pool.words()) {
      throw refused(
          "%s: queries are %s, pool is %s; bits differ", op, queries.shape(), pool.shape());
    }
  }

  /**
   * The arguments of an {@link EmbeddingKernel}; which rows there are is not checked.
   *
   * @param scale may be null
   * @param rows what goes in or comes out: one row for each {@code length} of the index
   */
  public static void embedding(
      String op, Matrix table, Ids index, int length, Vec scale, Matrix rows) {
    positive(op, "dim", table.cols());
    size(op, "length", length);
    storedByRows(op, "table", table);
    storedByRows(op, "the rows", rows);
    if (rows.cols() != table.cols()) {
      throw refused("%s: table is %s, rows are %s; widths differ", op, table.shape(), rows.shape());
    }
    if (index.size() != (long) rows.rows() * length) {
      throw refused(
          "%s: rows are %s of %s indices each, but there are %s",
          op, rows.shape(), length, index.size());
    }
    if (scale != null && scale.size() != rows.rows()) {
      throw refused("%s: rows are %s, but there are %s scales", op, rows.shape(), scale.size());
    }
  }

  /** The row number at a position of {@code index}, which must be one of {@code rows}. */
  public static int row(String op, String what, Ids index, int position, int rows) {
    return row(op, what, index.get(position), rows, position);
  }

  /** The row number {@code index}, which must be one of {@code rows}. */
  public static int row(String op, String what, int index, int rows, int position) {
    if (index < 0 || index >= rows) {
      throw new IndexOutOfBoundsException(
          "%s: index %s at position %s is outside %s of %s rows"
              .formatted(op, index, position, what, rows));
    }
    return index;
  }

  /** The k of a top-k over n candidates. */
  public static void topK(String op, int k, int n) {
    if (k < 1 || k > n) {
      throw refused("%s: k must be in 1 to %s: %s", op, n, k);
    }
  }
}
