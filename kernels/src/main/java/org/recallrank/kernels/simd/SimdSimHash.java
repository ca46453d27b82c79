package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.LONGS;
import static org.recallrank.kernels.simd.Lanes.N;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
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
  protected RowEncoder rowEncoder(Form form, int dim, float[] projection, int bits) {
    if (form == Form.CLASSIC_SIGN) {
      return (x, xOffset, ldx, n, out, outOffset) -> {
        for (int i = 0; i < n; i++) {
          for (int word = 0; word < bits / 64; word++) {
            out[outOffset + i * (bits / 64) + word] =
                signs(x, xOffset + i * ldx, dim, projection, bits, 64 * word);
          }
        }
      };
    }
    int planeWords = (dim + 63) / 64;
    long[] positive = new long[planeWords * bits];
    long[] negative = new long[planeWords * bits];
    packColumns(projection, dim, bits, positive, negative);
    return (x, xOffset, ldx, n, out, outOffset) -> {
      long[] rowPositive = new long[planeWords];
      long[] rowNegative = new long[planeWords];
      for (int i = 0; i < n; i++) {
        packRow(x, xOffset + i * ldx, dim, rowPositive, rowNegative);
        for (int word = 0; word < bits / 64; word++) {
          out[outOffset + i * (bits / 64) + word] =
              votes(rowPositive, rowNegative, positive, negative, bits, 64 * word);
        }
      }
    };
  }

  /** Word w of column j, at w * bits + j, has the signs of elements 64 w to 64 w + 63. */
  private static void packColumns(
      float[] projection, int dim, int bits, long[] positive, long[] negative) {
    for (int e = 0; e < dim; e++) {
      int at = e / 64 * bits;
      long one = 1L << e;
      for (int j = 0; j < bits; j++) {
        float v = projection[e * bits + j];
        positive[at + j] |= v > 0 ? one : 0;
        negative[at + j] |= v < 0 ? one : 0;
      }
    }
  }

  private static void packRow(float[] x, int at, int dim, long[] positive, long[] negative) {
    for (int word = 0; word * 64 < dim; word++) {
      long p = 0;
      long q = 0;
      int end = Math.min(dim, 64 * word + 64);
      for (int e = 64 * word; e < end; e += N) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, at + e, Lanes.first(end - e));
        p |= v.compare(VectorOperators.GT, 0f).toLong() << e;
        q |= v.compare(VectorOperators.LT, 0f).toLong() << e;
      }
      positive[word] = p;
      negative[word] = q;
    }
  }

  private static long votes(
      long[] rowPositive,
      long[] rowNegative,
      long[] positive,
      long[] negative,
      int bits,
      int column) {
    long result = 0;
    for (int j = 0; j < 64; j += LONG_LANES) {
      LongVector sum = LongVector.zero(LONGS);
      for (int word = 0; word < rowPositive.length; word++) {
        int at = word * bits + column + j;
        LongVector p = LongVector.fromArray(LONGS, positive, at);
        LongVector q = LongVector.fromArray(LONGS, negative, at);
        LongVector rowP = LongVector.broadcast(LONGS, rowPositive[word]);
        LongVector rowQ = LongVector.broadcast(LONGS, rowNegative[word]);
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

  private static long signs(float[] x, int row, int dim, float[] projection, int bits, int column) {
    long result = 0;
    for (int j = 0; j < 64; j += N) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int e = 0; e < dim; e++) {
        FloatVector p = FloatVector.fromArray(FLOATS, projection, e * bits + column + j);
        sum = sum.add(p.mul(x[row + e]));
      }
      VectorMask<Float> positive = sum.compare(VectorOperators.GT, 0f);
      result |= positive.toLong() << j;
    }
    return result;
  }
}
