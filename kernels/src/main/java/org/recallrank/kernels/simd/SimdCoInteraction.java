package org.recallrank.kernels.simd;

import static org.recallrank.kernels.simd.Lanes.FLOATS;
import static org.recallrank.kernels.simd.Lanes.N;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.CoInteractionBase;

/**
 * Co-interaction with the items of a row side by side in a vector.
 *
 * <p>Forward: the items' representations are turned into a local [h, items] block, so that a score
 * is a running sum over h of broadcast(user) * items and no sum across lanes is needed; four users
 * share each load. M of one row of the batch stays in L1 through sigmoid and both means, and goes
 * to memory only if somebody reads it. Backward: the gradients of the scores go to a local block,
 * and both products with it run along h, where the rows lie anyway.
 */
final class SimdCoInteraction extends CoInteractionBase {
  private static final int USERS = 4;

  private final Scratch turned = new Scratch();
  private final Scratch scores = new Scratch();
  private final Scratch weights = new Scratch();

  SimdCoInteraction(Workers workers) {
    super(workers);
  }

  private static int padded(int n) {
    return padded(n, N);
  }

  private static int padded(int n, int step) {
    return (n + step - 1) / step * step;
  }

  private static FloatVector load(float[] x, int at, VectorMask<Float> lanes) {
    return FloatVector.fromArray(FLOATS, x, at, lanes);
  }

  @Override
  protected void forwardRows(Sizes s, Entities e, Outputs out, int from, int to) {
    int kl = s.kl();
    int kr = s.kr();
    int width = padded(kr);
    float[] items = turned.floats(s.h() * width);
    Arrays.fill(items, 0, s.h() * width, 0);
    float[] m = scores.floats(padded(kl, USERS) * width);
    float[] itemSums = weights.floats(width);
    for (int b = from; b < to; b++) {
      turnItems(s, e, b, items, width);
      for (int u = 0; u < kl; u += USERS) {
        scoresOfUsers(s, e, b, u, items, width, m);
      }
      sigmoid(m, kl * width);
      sums(m, kl, kr, width, out.wu(), b * kl, itemSums);
      for (int i = 0; i < kr; i++) {
        out.wi()[b * kr + i] = itemSums[i] / kl;
      }
      for (int u = 0; out.m() != null && u < kl; u++) {
        System.arraycopy(m, u * width, out.m(), (b * kl + u) * kr, kr);
      }
      int v = out.enrichedOffset() + b * out.ldEnriched();
      combine(out.wu(), b * kl, 1, kl, e.eu(), e.userIndex(), b * kl, s.du(), out.enriched(), v);
      combine(
          out.wi(),
          b * kr,
          1,
          kr,
          e.ei(),
          e.itemIndex(),
          b * kr,
          s.di(),
          out.enriched(),
          v + s.du());
    }
  }

  /** items[j, i] = hi_i[j] for the items of row b; the columns past kr stay 0. */
  private static void turnItems(Sizes s, Entities e, int b, float[] items, int width) {
    for (int i = 0; i < s.kr(); i++) {
      int row = e.itemIndex()[b * s.kr() + i] * s.h();
      for (int j = 0; j < s.h(); j++) {
        items[j * width + i] = e.hi()[row + j];
      }
    }
  }

  /** Scores of users u to u + 3 with all items; a user past the last is the last one again. */
  private static void scoresOfUsers(
      Sizes s, Entities e, int b, int u, float[] items, int width, float[] m) {
    float[] hu = e.hu();
    int h = s.h();
    int first = b * s.kl();
    int last = first + s.kl() - 1;
    int u0 = e.userIndex()[first + u] * h;
    int u1 = e.userIndex()[Math.min(last, first + u + 1)] * h;
    int u2 = e.userIndex()[Math.min(last, first + u + 2)] * h;
    int u3 = e.userIndex()[Math.min(last, first + u + 3)] * h;
    for (int i = 0; i < width; i += N) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = FloatVector.zero(FLOATS);
      FloatVector s2 = FloatVector.zero(FLOATS);
      FloatVector s3 = FloatVector.zero(FLOATS);
      for (int j = 0; j < h; j++) {
        FloatVector item = FloatVector.fromArray(FLOATS, items, j * width + i);
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
  private static void sums(
      float[] m, int kl, int kr, int width, float[] wu, int wuAt, float[] itemSums) {
    for (int u = 0; u < kl; u++) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < width; i += N) {
        FloatVector row = FloatVector.fromArray(FLOATS, m, u * width + i);
        sum = sum.add(FloatVector.zero(FLOATS).blend(row, Lanes.first(kr - i)));
      }
      wu[wuAt + u] = Lanes.sum(sum) / kr;
    }
    for (int i = 0; i < width; i += N) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int u = 0; u < kl; u++) {
        sum = sum.add(FloatVector.fromArray(FLOATS, m, u * width + i));
      }
      sum.intoArray(itemSums, i);
    }
  }

  /**
   * {@link #combine} for each of n rows of {@code out} from a first one on, whose weights are
   * {@code weightRow} apart. Four at a time: their sums do not wait for each other, and share the
   * loads of the table.
   */
  private static void combineAll(
      float[] weight,
      int weightRow,
      int weightStep,
      int n,
      int k,
      float[] table,
      int[] index,
      int indexAt,
      int dim,
      float[] out,
      int first) {
    int fours = dim % N == 0 ? n / 4 * 4 : 0;
    for (int r = 0; r < fours; r += 4) {
      int at = (first + r) * dim;
      for (int j = 0; j < dim; j += N) {
        FloatVector s0 = FloatVector.zero(FLOATS);
        FloatVector s1 = FloatVector.zero(FLOATS);
        FloatVector s2 = FloatVector.zero(FLOATS);
        FloatVector s3 = FloatVector.zero(FLOATS);
        int w = r * weightRow;
        for (int p = 0; p < k; p++) {
          FloatVector row = FloatVector.fromArray(FLOATS, table, index[indexAt + p] * dim + j);
          s0 = row.fma(FloatVector.broadcast(FLOATS, weight[w]), s0);
          s1 = row.fma(FloatVector.broadcast(FLOATS, weight[w + weightRow]), s1);
          s2 = row.fma(FloatVector.broadcast(FLOATS, weight[w + 2 * weightRow]), s2);
          s3 = row.fma(FloatVector.broadcast(FLOATS, weight[w + 3 * weightRow]), s3);
          w += weightStep;
        }
        s0.intoArray(out, at + j);
        s1.intoArray(out, at + dim + j);
        s2.intoArray(out, at + 2 * dim + j);
        s3.intoArray(out, at + 3 * dim + j);
      }
    }
    for (int r = fours; r < n; r++) {
      combine(
          weight, r * weightRow, weightStep, k, table, index, indexAt, dim, out, (first + r) * dim);
    }
  }

  /** out[0, dim) = sum over k rows of the table of weight * row. */
  private static void combine(
      float[] weight,
      int weightAt,
      int weightStep,
      int k,
      float[] table,
      int[] index,
      int indexAt,
      int dim,
      float[] out,
      int outAt) {
    int full = FLOATS.loopBound(dim);
    for (int j = 0; j < full; j += N) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int p = 0; p < k; p++) {
        FloatVector row = FloatVector.fromArray(FLOATS, table, index[indexAt + p] * dim + j);
        sum = row.fma(FloatVector.broadcast(FLOATS, weight[weightAt + p * weightStep]), sum);
      }
      sum.intoArray(out, outAt + j);
    }
    for (int j = full; j < dim; j++) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        sum = Math.fma(table[index[indexAt + p] * dim + j], weight[weightAt + p * weightStep], sum);
      }
      out[outAt + j] = sum;
    }
  }

  @Override
  protected void backwardRows(Sizes s, Entities e, Upstream up, Gradients out, int from, int to) {
    int kl = s.kl();
    int kr = s.kr();
    int width = padded(kr);
    float[] dScore = scores.floats(kl * width);
    float[] dw = weights.floats(kl + width);
    for (int b = from; b < to; b++) {
      int users = b * kl;
      int items = b * kr;
      int dvc = up.dEnrichedOffset() + b * up.ldEnriched();
      int dvd = dvc + s.du();
      for (int u = 0; u < kl; u++) {
        dw[u] = dot(e.eu(), e.userIndex()[users + u] * s.du(), up.dEnriched(), dvc, s.du()) / kr;
      }
      for (int i = 0; i < kr; i++) {
        float d = dot(e.ei(), e.itemIndex()[items + i] * s.di(), up.dEnriched(), dvd, s.di());
        dw[kl + i] = (up.dwiExtra() == null ? d : d + up.dwiExtra()[items + i]) / kl;
      }
      scoreGradients(s, up, b, dw, dScore, width);
      combineAll(dScore, width, 1, kl, kr, e.hi(), e.itemIndex(), items, s.h(), out.dhu(), users);
      combineAll(dScore, 1, width, kr, kl, e.hu(), e.userIndex(), users, s.h(), out.dhi(), items);
      if (out.deu() != null) {
        scaledCopies(up.wu(), users, kl, up.dEnriched(), dvc, s.du(), out.deu());
        scaledCopies(up.wi(), items, kr, up.dEnriched(), dvd, s.di(), out.dei());
      }
    }
  }

  /** dS of one row, [kl, width]. */
  private static void scoreGradients(
      Sizes s, Upstream up, int b, float[] dw, float[] dScore, int width) {
    for (int i = 0; i < s.kr(); i += N) {
      VectorMask<Float> lanes = Lanes.first(s.kr() - i);
      FloatVector dwi = load(dw, s.kl() + i, lanes);
      FloatVector target =
          up.itemTarget() == null
              ? FloatVector.zero(FLOATS)
              : load(up.itemTarget(), b * s.kr() + i, lanes);
      for (int u = 0; u < s.kl(); u++) {
        FloatVector m = load(up.m(), (b * s.kl() + u) * s.kr() + i, lanes);
        FloatVector slope = m.sub(m.mul(m));
        FloatVector d = dwi.add(dw[u]).mul(slope);
        if (up.itemTarget() != null) {
          d = m.sub(target).fma(FloatVector.broadcast(FLOATS, up.targetScale()), d);
        }
        d.intoArray(dScore, u * width + i);
      }
    }
  }

  private static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int full = FLOATS.loopBound(n);
    for (int j = 0; j < full; j += N) {
      sum =
          FloatVector.fromArray(FLOATS, x, xAt + j)
              .fma(FloatVector.fromArray(FLOATS, y, yAt + j), sum);
    }
    float rest = Lanes.sum(sum);
    for (int j = full; j < n; j++) {
      rest = Math.fma(x[xAt + j], y[yAt + j], rest);
    }
    return rest;
  }

  /** out[p] = weight[p] * v for k rows p from {@code first} on. */
  private static void scaledCopies(
      float[] weight, int first, int k, float[] v, int vAt, int dim, float[] out) {
    int full = FLOATS.loopBound(dim);
    for (int j = 0; j < full; j += N) {
      FloatVector x = FloatVector.fromArray(FLOATS, v, vAt + j);
      for (int p = first; p < first + k; p++) {
        x.mul(weight[p]).intoArray(out, p * dim + j);
      }
    }
    for (int p = first; p < first + k; p++) {
      for (int j = full; j < dim; j++) {
        out[p * dim + j] = weight[p] * v[vAt + j];
      }
    }
  }
}
