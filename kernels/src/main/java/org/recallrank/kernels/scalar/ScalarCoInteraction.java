package org.recallrank.kernels.scalar;

import java.util.Arrays;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;
import org.recallrank.kernels.base.CoInteractionBase;

/** The equations of {@link org.recallrank.kernels.CoInteractionKernel}, element by element. */
final class ScalarCoInteraction extends CoInteractionBase {
  private final Scratch scratch = new Scratch();
  private final Scratch scores = new Scratch();

  ScalarCoInteraction(Workers workers) {
    super(workers);
  }

  @Override
  protected Range forwardPass(Sizes s, Entities users, Entities items, Outputs out) {
    Matrix vc = out.enriched().columns(0, s.du());
    Matrix vd = out.enriched().columns(s.du(), s.di());
    return (from, to) -> {
      double[] itemSum = scratch.doubles(s.kr());
      for (int b = from; b < to; b++) {
        Arrays.fill(itemSum, 0, s.kr(), 0);
        for (int u = 0; u < s.kl(); u++) {
          double userSum = 0;
          for (int i = 0; i < s.kr(); i++) {
            double score = dot(users.hidden(), users.row(b, u), items.hidden(), items.row(b, i));
            double weight = ScalarVectorMath.sigmoid(score);
            userSum += weight;
            itemSum[i] += weight;
            if (out.m() != null) {
              set(out.m(), b * s.kl() + u, i, weight);
            }
          }
          set(out.wu(), b, u, userSum / s.kr());
        }
        for (int i = 0; i < s.kr(); i++) {
          set(out.wi(), b, i, itemSum[i] / s.kl());
        }
        weightedSum(out.wu(), users, b, vc);
        weightedSum(out.wi(), items, b, vd);
      }
    };
  }

  /** Row b of v: the sum over row b's entities of weight * embedding. */
  private static void weightedSum(Matrix weight, Entities side, int b, Matrix v) {
    for (int j = 0; j < v.cols(); j++) {
      double sum = 0;
      for (int p = 0; p < side.k(); p++) {
        sum += (double) get(weight, b, p) * get(side.embedding(), side.row(b, p), j);
      }
      set(v, b, j, sum);
    }
  }

  @Override
  protected Range backwardPass(
      Sizes s, Entities users, Entities items, Upstream up, Gradients out) {
    Matrix dvc = up.dEnriched().columns(0, s.du());
    Matrix dvd = up.dEnriched().columns(s.du(), s.di());
    return (from, to) -> {
      double[] dw = scratch.doubles(s.kl() + s.kr());
      double[] dScore = scores.doubles(s.kl() * s.kr());
      for (int b = from; b < to; b++) {
        for (int u = 0; u < s.kl(); u++) {
          dw[u] = dot(users.embedding(), users.row(b, u), dvc, b);
        }
        for (int i = 0; i < s.kr(); i++) {
          dw[s.kl() + i] =
              dot(items.embedding(), items.row(b, i), dvd, b)
                  + (up.dwiExtra() == null ? 0 : get(up.dwiExtra(), b, i));
        }
        for (int u = 0; u < s.kl(); u++) {
          for (int i = 0; i < s.kr(); i++) {
            double m = get(up.m(), b * s.kl() + u, i);
            double dM = dw[u] / s.kr() + dw[s.kl() + i] / s.kl();
            dScore[u * s.kr() + i] =
                dM * m * (1 - m)
                    + (up.itemTarget() == null
                        ? 0
                        : up.targetScale() * (m - get(up.itemTarget(), b, i)));
          }
        }
        for (int j = 0; j < s.h(); j++) {
          for (int u = 0; u < s.kl(); u++) {
            double sum = 0;
            for (int i = 0; i < s.kr(); i++) {
              sum += dScore[u * s.kr() + i] * get(items.hidden(), items.row(b, i), j);
            }
            set(out.dhu(), b * s.kl() + u, j, sum);
          }
          for (int i = 0; i < s.kr(); i++) {
            double sum = 0;
            for (int u = 0; u < s.kl(); u++) {
              sum += dScore[u * s.kr() + i] * get(users.hidden(), users.row(b, u), j);
            }
            set(out.dhi(), b * s.kr() + i, j, sum);
          }
        }
        if (out.deu() != null) {
          scaledCopies(up.wu(), dvc, b, out.deu());
          scaledCopies(up.wi(), dvd, b, out.dei());
        }
      }
    };
  }

  private static float get(Matrix x, int i, int j) {
    return x.data()[x.at(i, j)];
  }

  private static void set(Matrix x, int i, int j, double value) {
    x.data()[x.at(i, j)] = (float) value;
  }

  private static double dot(Matrix x, int xRow, Matrix y, int yRow) {
    double sum = 0;
    for (int j = 0; j < x.cols(); j++) {
      sum += (double) get(x, xRow, j) * get(y, yRow, j);
    }
    return sum;
  }

  /** Row b * k + p of out: weight[b, p] * row b of v. */
  private static void scaledCopies(Matrix weight, Matrix v, int b, Matrix out) {
    int k = weight.cols();
    for (int p = 0; p < k; p++) {
      for (int j = 0; j < v.cols(); j++) {
        out.data()[out.at(b * k + p, j)] = get(weight, b, p) * get(v, b, j);
      }
    }
  }
}
