package org.recallrank.kernels.scalar;

import java.util.Arrays;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.CoInteractionBase;

/** The equations of {@link org.recallrank.kernels.CoInteractionKernel}, element by element. */
final class ScalarCoInteraction extends CoInteractionBase {
  private final Scratch scratch = new Scratch();
  private final Scratch scores = new Scratch();

  ScalarCoInteraction(Workers workers) {
    super(workers);
  }

  @Override
  protected void forwardRows(Sizes s, Entities e, Outputs out, int from, int to) {
    double[] itemSum = scratch.doubles(s.kr());
    for (int b = from; b < to; b++) {
      Arrays.fill(itemSum, 0, s.kr(), 0);
      for (int u = 0; u < s.kl(); u++) {
        int user = e.userIndex()[b * s.kl() + u] * s.h();
        double userSum = 0;
        for (int i = 0; i < s.kr(); i++) {
          int item = e.itemIndex()[b * s.kr() + i] * s.h();
          double score = 0;
          for (int j = 0; j < s.h(); j++) {
            score += (double) e.hu()[user + j] * e.hi()[item + j];
          }
          double weight = ScalarVectorMath.sigmoid(score);
          userSum += weight;
          itemSum[i] += weight;
          if (out.m() != null) {
            out.m()[(b * s.kl() + u) * s.kr() + i] = (float) weight;
          }
        }
        out.wu()[b * s.kl() + u] = (float) (userSum / s.kr());
      }
      for (int i = 0; i < s.kr(); i++) {
        out.wi()[b * s.kr() + i] = (float) (itemSum[i] / s.kl());
      }
      int v = out.enrichedOffset() + b * out.ldEnriched();
      weightedSum(e.eu(), s.du(), e.userIndex(), b * s.kl(), s.kl(), out.wu(), out.enriched(), v);
      weightedSum(
          e.ei(), s.di(), e.itemIndex(), b * s.kr(), s.kr(), out.wi(), out.enriched(), v + s.du());
    }
  }

  /** out[j] = sum over the k entities of weight * embedding[j]. */
  private static void weightedSum(
      float[] table,
      int dim,
      int[] index,
      int first,
      int k,
      float[] weight,
      float[] out,
      int outAt) {
    for (int j = 0; j < dim; j++) {
      double sum = 0;
      for (int p = first; p < first + k; p++) {
        sum += (double) weight[p] * table[index[p] * dim + j];
      }
      out[outAt + j] = (float) sum;
    }
  }

  @Override
  protected void backwardRows(Sizes s, Entities e, Upstream up, Gradients out, int from, int to) {
    double[] dw = scratch.doubles(s.kl() + s.kr());
    double[] dScore = scores.doubles(s.kl() * s.kr());
    for (int b = from; b < to; b++) {
      int users = b * s.kl();
      int items = b * s.kr();
      int dvc = up.dEnrichedOffset() + b * up.ldEnriched();
      int dvd = dvc + s.du();
      for (int u = 0; u < s.kl(); u++) {
        dw[u] = dot(e.eu(), e.userIndex()[users + u] * s.du(), up.dEnriched(), dvc, s.du());
      }
      for (int i = 0; i < s.kr(); i++) {
        dw[s.kl() + i] =
            dot(e.ei(), e.itemIndex()[items + i] * s.di(), up.dEnriched(), dvd, s.di())
                + (up.dwiExtra() == null ? 0 : up.dwiExtra()[items + i]);
      }
      for (int u = 0; u < s.kl(); u++) {
        for (int i = 0; i < s.kr(); i++) {
          double m = up.m()[(users + u) * s.kr() + i];
          double dM = dw[u] / s.kr() + dw[s.kl() + i] / s.kl();
          dScore[u * s.kr() + i] =
              dM * m * (1 - m)
                  + (up.itemTarget() == null
                      ? 0
                      : up.targetScale() * (m - up.itemTarget()[items + i]));
        }
      }
      for (int u = 0; u < s.kl(); u++) {
        for (int j = 0; j < s.h(); j++) {
          double sum = 0;
          for (int i = 0; i < s.kr(); i++) {
            sum += dScore[u * s.kr() + i] * e.hi()[e.itemIndex()[items + i] * s.h() + j];
          }
          out.dhu()[(users + u) * s.h() + j] = (float) sum;
        }
      }
      for (int i = 0; i < s.kr(); i++) {
        for (int j = 0; j < s.h(); j++) {
          double sum = 0;
          for (int u = 0; u < s.kl(); u++) {
            sum += dScore[u * s.kr() + i] * e.hu()[e.userIndex()[users + u] * s.h() + j];
          }
          out.dhi()[(items + i) * s.h() + j] = (float) sum;
        }
      }
      if (out.deu() != null) {
        scaledCopies(up.wu(), users, s.kl(), up.dEnriched(), dvc, s.du(), out.deu());
        scaledCopies(up.wi(), items, s.kr(), up.dEnriched(), dvd, s.di(), out.dei());
      }
    }
  }

  private static double dot(float[] x, int xAt, float[] y, int yAt, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += (double) x[xAt + j] * y[yAt + j];
    }
    return sum;
  }

  /** out[p] = weight[p] * v for k rows p from {@code first} on. */
  private static void scaledCopies(
      float[] weight, int first, int k, float[] v, int vAt, int dim, float[] out) {
    for (int p = first; p < first + k; p++) {
      for (int j = 0; j < dim; j++) {
        out[p * dim + j] = weight[p] * v[vAt + j];
      }
    }
  }
}
