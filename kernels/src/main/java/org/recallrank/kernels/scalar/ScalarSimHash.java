package org.recallrank.kernels.scalar;

import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.SimHashBase;

/** Each bit by its sum. NaN has no sign: it counts like 0 in a vote and makes a sign bit 0. */
final class ScalarSimHash extends SimHashBase {
  ScalarSimHash(Workers workers) {
    super(workers);
  }

  @Override
  protected Workers.Range encoder(Form form, Matrix x, Matrix projection, BitMatrix out) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        for (int word = 0; word < out.words(); word++) {
          long w = 0;
          for (int j = 0; j < 64; j++) {
            int column = 64 * word + j;
            boolean bit =
                form == Form.PAPER_VOTE
                    ? vote(x, i, projection, column) > 0
                    : product(x, i, projection, column) > 0;
            w |= (bit ? 1L : 0L) << j;
          }
          out.data()[out.at(i) + word] = w;
        }
      }
    };
  }

  private static int vote(Matrix x, int row, Matrix p, int column) {
    int sum = 0;
    for (int e = 0; e < p.rows(); e++) {
      sum += sign(x.data()[x.at(row, e)]) * sign(p.data()[p.at(e, column)]);
    }
    return sum;
  }

  private static int sign(float v) {
    return v > 0 ? 1 : v < 0 ? -1 : 0;
  }

  private static float product(Matrix x, int row, Matrix p, int column) {
    float sum = 0;
    for (int e = 0; e < p.rows(); e++) {
      sum += x.data()[x.at(row, e)] * p.data()[p.at(e, column)];
    }
    return sum;
  }
}
