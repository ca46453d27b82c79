package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;
import org.recallrank.kernels.base.CoInteractionBase;

/**
 * Co-interaction with the items of a row side by side in a vector.
 *
 * <p>Forward: the items' representations are transposed into a local [h, items] block, so that a
 * score is a running sum over h of broadcast(user) * items and no sum across lanes is needed; four
 * users share each load. M of one row of the batch stays in L1 through sigmoid and both means, and
 * goes to memory only if somebody reads it. Backward: the gradients of the scores go to a local
 * block, and both products with it run along h, where the rows lie anyway.
 */
final class SimdCoInteraction extends CoInteractionBase {
  private static final int USERS = 4;

  private final Scratch transposed = new Scratch();
  private final Scratch scores = new Scratch();
  private final Scratch weights = new Scratch();

  SimdCoInteraction(Workers workers) {
    super(workers);
  }

  private static int padded(int n, int step) {
    return (n + step - 1) / step * step;
  }

  @Override
  protected Range forwardPass(Sizes s, Entities users, Entities items, Outputs out) {
    int kl = s.kl();
    int kr = s.kr();
    int width = padded(kr, N);
    float[] wu = out.wu().data();
    float[] wi = out.wi().data();
    WeightedSums vc = sums(users, users.embedding(), out.enriched().columns(0, s.du()));
    WeightedSums vd = sums(items, items.embedding(), out.enriched().columns(s.du(), s.di()));
    return (from, to) -> {
      float[] block = transposed.floats(s.h() * width);
      Arrays.fill(block, 0, s.h() * width, 0);
      float[] m = scores.floats(padded(kl, USERS) * width);
      float[] itemSums = weights.floats(width);
      for (int b = from; b < to; b++) {
        transposeItems(items, b, block, width);
        for (int u = 0; u < kl; u += USERS) {
          scoresOfUsers(users, b, u, block, width, m);
        }
        sigmoid(m, kl * width);
        int wuAt = out.wu().at(b, 0);
        int wiAt = out.wi().at(b, 0);
        means(m, s, width, wu, wuAt, itemSums);
        for (int i = 0; i < kr; i++) {
          wi[wiAt + i] = itemSums[i] / kl;
        }
        for (int u = 0; out.m() != null && u < kl; u++) {
          System.arraycopy(m, u * width, out.m().data(), out.m().at(b * kl + u, 0), kr);
        }
        vc.writeRow(wu, wuAt, 1, b, b);
        vd.writeRow(wi, wiAt, 1, b, b);
      }
    };
  }

  private static WeightedSums sums(Entities side, Matrix table, Matrix out) {
    return new WeightedSums(table, side.index(), side.k(), out);
  }

  /** block[j, i] = hi_i[j] for the items of row b; the columns past kr stay 0. */
  private static void transposeItems(Entities items, int b, float[] block, int width) {
    float[] hi = items.hidden().data();
    int h = items.hidden().cols();
    for (int i = 0; i < items.k(); i++) {
      int row = items.hidden().at(items.row(b, i), 0);
      for (int j = 0; j < h; j++) {
        block[j * width + i] = hi[row + j];
      }
    }
  }

  /** Scores of users u to u + 3 with all items; a user past the last is the last one again. */
  private static void scoresOfUsers(
      Entities users, int b, int u, float[] block, int width, float[] m) {
    float[] hu = users.hidden().data();
    int h = users.hidden().cols();
    int last = users.k() - 1;
    int u0 = users.hidden().at(users.row(b, u), 0);
    int u1 = users.hidden().at(users.row(b, Math.min(last, u + 1)), 0);
    int u2 = users.hidden().at(users.row(b, Math.min(last, u + 2)), 0);
    int u3 = users.hidden().at(users.row(b, Math.min(last, u + 3)), 0);
    for (int i = 0; i < width; i += N) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      FloatVector s2 = FloatVector.zero(FLOATS);
      FloatVector s3 = FloatVector.zero(FLOATS);
      for (int j = 0; j < h; j++) {
        FloatVector item = FloatVector.fromArray(FLOATS, block, j * width + i);
        s0 = item.fma(FloatVector.broadcast(FLOATS, hu[u0 + j]), s0);
        s1 = item.fma(FloatVector.broadcast(FLOATS, hu[u1 + j]), s1);
        s2 = item.fma(FloatVector.broadcast(FLOATS, hu[u2 + j]), s2);
        s3 = item.fma(FloatVector.broadcast(FLOATS, hu[u3 + j]), s3);
      }
      s0.intoArray(m, u * width + i);
      s1.intoArray(m, (u + 1) * width + i);
      s2.intoArray(m, (u + 2) * width + i);
      s3.intoArray(m, (u + 3) * width + i);
    }
  }

  private static void sigmoid(float[] x, int n) {
    for (int i = 0; i < n; i += N) {
      Functions.sigmoid(FloatVector.fromArray(FLOATS, x, i)).intoArray(x, i);
    }
  }

  /** wu[u] = mean of row u of m without its padding; itemSums[i] = sum of column i. */
  private static void means(float[] m, Sizes s, int width, float[] wu, int wuAt, float[] itemSums) {
    for (int u = 0; u < s.kl(); u++) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < width; i += N) {
        FloatVector row = FloatVector.fromArray(FLOATS, m, u * width + i);
        sum = sum.add(FloatVector.zero(FLOATS).blend(row, Lanes.first(s.kr() - i)));
      }
      wu[wuAt + u] = Lanes.sum(sum) / s.kr();
    }
    for (int i = 0; i < width; i += N) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int u = 0; u < s.kl(); u++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, m, u * width + i));
      }
      sum.intoArray(itemSums, i);
    }
  }

  @Override
  protected Range backwardPass(
      Sizes s, Entities users, Entities items, Upstream up, Gradients out) {
    int kl = s.kl();
    int kr = s.kr();
    int width = padded(kr, N);
    Matrix dvc = up.dEnriched().columns(0, s.du());
    Matrix dvd = up.dEnriched().columns(s.du(), s.di());
    Matrix extra = up.dwiExtra();
    WeightedSums dhu = sums(items, items.hidden(), out.dhu());
    WeightedSums dhi = sums(users, users.hidden(), out.dhi());
    return (from, to) -> {
      float[] dScore = scores.floats(kl * width);
      float[] dw = weights.floats(kl + width);
      for (int b = from; b < to; b++) {
        for (int u = 0; u < kl; u++) {
          dw[u] = dot(users.embedding(), users.row(b, u), dvc, b) / kr;
        }
        for (int i = 0; i < kr; i++) {
          float d = dot(items.embedding(), items.row(b, i), dvd, b);
          dw[kl + i] = (extra == null ? d : d + extra.data()[extra.at(b, i)]) / kl;
        }
        scoreGradients(s, up, b, dw, dScore, width);
        dhu.write(dScore, width, 1, kl, b);
        dhi.write(dScore, 1, width, kr, b);
        if (out.deu() != null) {
          scaledCopies(up.wu(), dvc, b, out.deu());
          scaledCopies(up.wi(), dvd, b, out.dei());
        }
      }
    };
  }

  /** dS of one row, [kl, width]. */
  private static void scoreGradients(
      Sizes s, Upstream up, int b, float[] dw, float[] dScore, int width) {
    float[] match = up.m().data();
    Matrix targets = up.itemTarget();
    for (int i = 0; i < s.kr(); i += N) {
      VectorMask<Float> lanes = Lanes.first(s.kr() - i);
      FloatVector dwi = FloatVector.fromArray(FLOATS, dw, s.kl() + i, lanes);
      FloatVector target =
          targets == null
              ? FloatVector.zero(FLOATS)
              : FloatVector.fromArray(FLOATS, targets.data(), targets.at(b, i), lanes);
      for (int u = 0; u < s.kl(); u++) {
        int at = up.m().at(b * s.kl() + u, i);
        FloatVector m = FloatVector.fromArray(FLOATS, match, at, lanes);
        FloatVector slope = m.sub(m.mul(m));
        FloatVector d = dwi.add(dw[u]).mul(slope);
        if (targets != null) {
          d = m.sub(target).fma(FloatVector.broadcast(FLOATS, up.targetScale()), d);
        }
        d.intoArray(dScore, u * width + i);
      }
    }
  }

  private static float dot(Matrix x, int xRow, Matrix y, int yRow) {
    float[] xs = x.data();
    float[] ys = y.data();
    int xAt = x.at(xRow, 0);
    int yAt = y.at(yRow, 0);
    int n = x.cols();
    FloatVector sum = FloatVector.zero(FLOATS);
    int full = FLOATS.loopBound(n);
    for (int j = 0; j < full; j += N) {
      sum =
          FloatVector.fromArray(FLOATS, xs, xAt + j)
              .fma(FloatVector.fromArray(FLOATS, ys, yAt + j), sum);
    }
    float rest = Lanes.sum(sum);
    for (int j = full; j < n; j++) {
      rest = Math.fma(xs[xAt + j], ys[yAt + j], rest);
    }
    return rest;
  }

  /** Row b * k + p of out: weight[b, p] * row b of v. */
  private static void scaledCopies(Matrix weight, Matrix v, int b, Matrix out) {
    int k = weight.cols();
    int dim = v.cols();
    float[] w = weight.data();
    int wAt = weight.at(b, 0);
    float[] x = v.data();
    int xAt = v.at(b, 0);
    float[] y = out.data();
    int yAt = out.at(b * k, 0);
    int full = FLOATS.loopBound(dim);
    for (int j = 0; j < full; j += N) {
      FloatVector columns = FloatVector.fromArray(FLOATS, x, xAt + j);
      for (int p = 0; p < k; p++) {
        columns.mul(w[wAt + p]).intoArray(y, yAt + p * dim + j);
      }
    }
    for (int p = 0; p < k; p++) {
      for (int j = full; j < dim; j++) {
        y[yAt + p * dim + j] = w[wAt + p] * x[xAt + j];
      }
    }
  }
}
