package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.SimHashBase;

/** Each bit by its sum. NaN has no sign: it counts like 0 in a vote and makes a sign bit 0. */
final class ScalarSimHash extends SimHashBase {
  ScalarSimHash(Workers workers) {
    super(workers);
  }

  @Override
  protected RowEncoder rowEncoder(Form form, int dim, float[] projection, int bits) {
    return (x, xOffset, ldx, n, out, outOffset) -> {
      for (int i = 0; i < n; i++) {
        int row = xOffset + i * ldx;
        for (int word = 0; word < bits / 64; word++) {
          long w = 0;
          for (int j = 0; j < 64; j++) {
            int column = 64 * word + j;
            boolean bit =
                form == Form.PAPER_VOTE
                    ? vote(x, row, dim, projection, bits, column) > 0
                    : product(x, row, dim, projection, bits, column) > 0;
            w |= (bit ? 1L : 0L) << j;
          }
          out[outOffset + i * (bits / 64) + word] = w;
        }
      }
    };
  }

  private static int vote(float[] x, int row, int dim, float[] p, int bits, int column) {
    int sum = 0;
    for (int e = 0; e < dim; e++) {
      sum += sign(x[row + e]) * sign(p[e * bits + column]);
    }
    return sum;
  }

  private static int sign(float v) {
    return v > 0 ? 1 : v < 0 ? -1 : 0;
  }

  private static float product(float[] x, int row, int dim, float[] p, int bits, int column) {
    float sum = 0;
    for (int e = 0; e < dim; e++) {
      sum += x[row + e] * p[e * bits + column];
    }
    return sum;
  }
}
