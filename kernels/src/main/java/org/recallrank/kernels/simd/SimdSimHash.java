package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.LONGS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.SimHashBase;

/**
 * Signatures a vector of bits at a time.
 *
 * <p>PAPER_VOTE needs signs only. The signs of the projection are packed once per call, 64 elements
 * of a column to a word, as two planes: where it is positive and where it is negative. A row is
 * packed likewise, and a column's vote is the number of places where the signs agree less the
 * number where they disagree: two bit counts per word instead of 64 multiplications. A zero is in
 * neither plane, so it does not vote.
 *
 * <p>CLASSIC_SIGN adds up the products of 64 columns along the row's elements, multiply then add as
 * the scalar backend does, so that both decide every bit alike.
 */
final class SimdSimHash extends SimHashBase {
  private static final int LONG_LANES = N / 2;

  SimdSimHash(Workers workers) {
    super(workers);
  }

  @Override
  protected Workers.Range encoder(Form form, Matrix x, Matrix projection, BitMatrix out) {
    if (form == Form.CLASSIC_SIGN) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          for (int word = 0; word < out.words(); word++) {
            out.data()[out.at(i) + word] = signs(x.data(), x.at(i, 0), projection, 64 * word);
          }
        }
      };
    }
    Planes columns = packColumns(projection);
    return (from, to) -> {
      Planes row = Planes.of((x.cols() + 63) / 64);
      for (int i = from; i < to; i++) {
        packRow(x.data(), x.at(i, 0), x.cols(), row);
        for (int word = 0; word < out.words(); word++) {
          out.data()[out.at(i) + word] = votes(row, columns, out.bits(), 64 * word);
        }
      }
    };
  }

  /** Where elements are positive and where they are negative, a bit for each. */
  private record Planes(long[] positive, long[] negative) {
    static Planes of(int words) {
      return new Planes(new long[words], new long[words]);
    }
  }

  /** Word w of column j, at w * bits + j, has the signs of elements 64 w to 64 w + 63. */
  private static Planes packColumns(Matrix projection) {
    int bits = projection.cols();
    Planes planes = Planes.of((projection.rows() + 63) / 64 * bits);
    for (int e = 0; e < projection.rows(); e++) {
      int at = e / 64 * bits;
      long one = 1L << e;
      for (int j = 0; j < bits; j++) {
        float v = projection.data()[projection.at(e, j)];
        planes.positive[at + j] |= v > 0 ? one : 0;
        planes.negative[at + j] |= v < 0 ? one : 0;
      }
    }
    return planes;
  }

  private static void packRow(float[] x, int at, int dim, Planes planes) {
    for (int word = 0; word * 64 < dim; word++) {
      long p = 0;
      long q = 0;
      int end = Math.min(dim, 64 * word + 64);
      for (int e = 64 * word; e < end; e += N) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, at + e, Lanes.first(end - e));
        p |= v.compare(VectorOperators.GT, 0f).toLong() << e;
        q |= v.compare(VectorOperators.LT, 0f).toLong() << e;
      }
      planes.positive[word] = p;
      planes.negative[word] = q;
    }
  }

  private static long votes(Planes row, Planes columns, int bits, int column) {
    long result = 0;
    for (int j = 0; j < 64; j += LONG_LANES) {
      LongVector sum = LongVector.zero(LONGS);
      for (int word = 0; word < row.positive.length; word++) {
        int at = word * bits + column + j;
        LongVector p = LongVector.fromArray(LONGS, columns.positive, at);
        LongVector q = LongVector.fromArray(LONGS, columns.negative, at);
        LongVector rowP = LongVector.broadcast(LONGS, row.positive[word]);
        LongVector rowQ = LongVector.broadcast(LONGS, row.negative[word]);
        LongVector agree = p.and(rowP).or(q.and(rowQ));
        LongVector disagree = p.and(rowQ).or(q.and(rowP));
        sum =
            sum.add(agree.lanewise(VectorOperators.BIT_COUNT))
                .sub(disagree.lanewise(VectorOperators.BIT_COUNT));
      }
      result |= sum.compare(VectorOperators.GT, 0L).toLong() << j;
    }
    return result;
  }

  private static long signs(float[] x, int row, Matrix projection, int column) {
    long result = 0;
    for (int j = 0; j < 64; j += N) {
      int at = projection.offset() + column + j;
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int e = 0; e < projection.rows(); e++) {
        FloatVector p =
            FloatVector.fromArray(FLOATS, projection.data(), at + e * projection.cols());
        sum = sum.add(p.mul(x[row + e]));
      }
      VectorMask<Float> positive = sum.compare(VectorOperators.GT, 0f);
      result |= positive.toLong() << j;
    }
    return result;
  }
}
