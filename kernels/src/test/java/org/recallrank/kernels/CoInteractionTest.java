package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.CoInteractionKernel.Entities;
import org.recallrank.kernels.CoInteractionKernel.Gradients;
import org.recallrank.kernels.CoInteractionKernel.Outputs;
import org.recallrank.kernels.CoInteractionKernel.Sizes;
import org.recallrank.kernels.CoInteractionKernel.Upstream;

class CoInteractionTest {
  static Stream<Kernels> backends() {
    return BackendsUnderTest.withVariants();
  }

  private static final class Data {
    final Sizes s;
    final float[] hu;
    final float[] hi;
    final float[] eu;
    final float[] ei;
    final int[] userIndex;
    final int[] itemIndex;
    final float[] m;
    final float[] wu;
    final float[] wi;
    final float[] enriched;
    final int ld;
    static final int AT = 3;

    Data(long seed, Sizes s) {
      this.s = s;
      Random random = new Random(seed);
      int users = 19;
      int items = 23;
      hu = BackendsUnderTest.random(random, users * s.h(), 1);
      hi = BackendsUnderTest.random(random, items * s.h(), 1);
      eu = BackendsUnderTest.random(random, users * s.du(), 1);
      ei = BackendsUnderTest.random(random, items * s.di(), 1);
      userIndex = random.ints(s.batch() * s.kl(), 0, users).toArray();
      itemIndex = random.ints(s.batch() * s.kr(), 0, items).toArray();
      m = new float[s.batch() * s.kl() * s.kr()];
      wu = new float[s.batch() * s.kl()];
      wi = new float[s.batch() * s.kr()];
      ld = s.du() + s.di() + 2;
      enriched = BackendsUnderTest.bordered(s.batch() * ld);
    }

    void forward(CoInteractionKernel kernel, boolean keepM) {
      kernel.forward(users(), items(), outputs(keepM ? m : null));
    }

    Entities users() {
      return side(hu, eu, userIndex, s.kl(), s.du());
    }

    Entities items() {
      return side(hi, ei, itemIndex, s.kr(), s.di());
    }

    private Entities side(float[] hidden, float[] embedding, int[] index, int k, int width) {
      return new Entities(matrix(hidden, s.h()), matrix(embedding, width), Ids.of(index), k);
    }

    Outputs outputs(float[] m) {
      return new Outputs(
          matrix(m, s.kr()), matrix(wu, s.kl()), matrix(wi, s.kr()), wide(enriched, AT));
    }

    Upstream upstream(Matrix dEnriched, float[] dwiExtra, float[] itemTarget, float targetScale) {
      return new Upstream(
          matrix(m, s.kr()),
          matrix(wu, s.kl()),
          matrix(wi, s.kr()),
          dEnriched,
          matrix(dwiExtra, s.kr()),
          matrix(itemTarget, s.kr()),
          targetScale);
    }

    Gradients gradients(float[] dhu, float[] dhi, float[] deu, float[] dei) {
      return new Gradients(
          matrix(dhu, s.h()), matrix(dhi, s.h()), matrix(deu, s.du()), matrix(dei, s.di()));
    }

    /** [batch, du + di] with a gap behind each row. */
    Matrix wide(float[] x, int at) {
      return new Matrix(x, at, s.batch(), s.du() + s.di(), ld);
    }

    private static Matrix matrix(float[] x, int cols) {
      return x == null ? null : Matrix.of(x, x.length / cols, cols);
    }

    double weight(int b, int u, int i) {
      double score = 0;
      for (int j = 0; j < s.h(); j++) {
        score +=
            (double) hu[userIndex[b * s.kl() + u] * s.h() + j]
                * hi[itemIndex[b * s.kr() + i] * s.h() + j];
      }
      return 1 / (1 + Math.exp(-score));
    }
  }

  private static Stream<Sizes> sizes() {
    return Stream.of(
        new Sizes(0, 3, 4, 5, 6, 7),
        new Sizes(1, 1, 1, 1, 1, 1),
        new Sizes(7, 10, 20, 16, 16, 16),
        new Sizes(5, 10, 20, 32, 10, 24),
        new Sizes(3, 5, 17, 10, 33, 1),
        new Sizes(4, 6, 32, 17, 3, 64),
        new Sizes(2, 7, 33, 31, 16, 15));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void forward(Kernels kernels) {
    sizes()
        .forEach(
            s -> {
              Data d = new Data(s.kr(), s);
              d.forward(kernels.coInteraction(), true);
              checkForward(d);
              float[] enriched = d.enriched.clone();
              float[] wu = d.wu.clone();
              d.forward(kernels.coInteraction(), false);
              assertThat(d.enriched).isEqualTo(enriched);
              assertThat(d.wu).isEqualTo(wu);
            });
  }

  private static void checkForward(Data d) {
    Sizes s = d.s;
    for (int b = 0; b < s.batch(); b++) {
      double[] wi = new double[s.kr()];
      double[] vc = new double[s.du()];
      double[] vd = new double[s.di()];
      for (int u = 0; u < s.kl(); u++) {
        double wu = 0;
        for (int i = 0; i < s.kr(); i++) {
          double m = d.weight(b, u, i);
          BackendsUnderTest.assertClose(d.m[(b * s.kl() + u) * s.kr() + i], m, 1e-6, "M");
          wu += m / s.kr();
          wi[i] += m / s.kl();
        }
        BackendsUnderTest.assertClose(d.wu[b * s.kl() + u], wu, 1e-6, "wu");
        for (int j = 0; j < s.du(); j++) {
          vc[j] += wu * d.eu[d.userIndex[b * s.kl() + u] * s.du() + j];
        }
      }
      for (int i = 0; i < s.kr(); i++) {
        BackendsUnderTest.assertClose(d.wi[b * s.kr() + i], wi[i], 1e-6, "wi");
        for (int j = 0; j < s.di(); j++) {
          vd[j] += wi[i] * d.ei[d.itemIndex[b * s.kr() + i] * s.di() + j];
        }
      }
      for (int j = 0; j < d.ld; j++) {
        float got = d.enriched[Data.AT + b * d.ld + j];
        if (j < s.du()) {
          BackendsUnderTest.assertClose(got, vc[j], 1e-5, "vc");
        } else if (j < s.du() + s.di()) {
          BackendsUnderTest.assertClose(got, vd[j - s.du()], 1e-5, "vd");
        } else {
          assertThat(got).isEqualTo(BackendsUnderTest.BORDER);
        }
      }
    }
    BackendsUnderTest.assertBorders(d.enriched, s.batch() * d.ld, "enriched");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void backward(Kernels kernels) {
    sizes()
        .forEach(
            s -> {
              checkBackward(kernels.coInteraction(), s, false, false, true);
              checkBackward(kernels.coInteraction(), s, true, false, false);
              checkBackward(kernels.coInteraction(), s, false, true, true);
              checkBackward(kernels.coInteraction(), s, true, true, true);
            });
  }

  private static void checkBackward(
      CoInteractionKernel kernel, Sizes s, boolean extra, boolean target, boolean embeddings) {
    Data d = new Data(s.h(), s);
    d.forward(kernel, true);
    Random random = new Random(8);
    float[] dEnriched = BackendsUnderTest.random(random, 5 + s.batch() * d.ld, 1);
    float[] dwiExtra = extra ? BackendsUnderTest.random(random, s.batch() * s.kr(), 1) : null;
    float[] itemTarget = target ? new float[s.batch() * s.kr()] : null;
    for (int i = 0; target && i < itemTarget.length; i++) {
      itemTarget[i] = random.nextInt(2);
    }
    float targetScale = 0.3f;
    int users = s.batch() * s.kl();
    int items = s.batch() * s.kr();
    float[] dhu = filled(users * s.h());
    float[] dhi = filled(items * s.h());
    float[] deu = embeddings ? filled(users * s.du()) : null;
    float[] dei = embeddings ? filled(items * s.di()) : null;
    kernel.backward(
        d.users(),
        d.items(),
        d.upstream(d.wide(dEnriched, 5), dwiExtra, itemTarget, targetScale),
        d.gradients(dhu, dhi, deu, dei));
    for (int b = 0; b < s.batch(); b++) {
      double[][] dS = new double[s.kl()][s.kr()];
      int dvc = 5 + b * d.ld;
      int dvd = dvc + s.du();
      for (int u = 0; u < s.kl(); u++) {
        int user = d.userIndex[b * s.kl() + u];
        double dwu = 0;
        for (int j = 0; j < s.du(); j++) {
          dwu += (double) d.eu[user * s.du() + j] * dEnriched[dvc + j];
          if (embeddings) {
            BackendsUnderTest.assertClose(
                deu[(b * s.kl() + u) * s.du() + j],
                (double) d.wu[b * s.kl() + u] * dEnriched[dvc + j],
                1e-6,
                "deu");
          }
        }
        for (int i = 0; i < s.kr(); i++) {
          int item = d.itemIndex[b * s.kr() + i];
          double dwi = extra ? dwiExtra[b * s.kr() + i] : 0;
          for (int j = 0; j < s.di(); j++) {
            dwi += (double) d.ei[item * s.di() + j] * dEnriched[dvd + j];
            if (embeddings) {
              BackendsUnderTest.assertClose(
                  dei[(b * s.kr() + i) * s.di() + j],
                  (double) d.wi[b * s.kr() + i] * dEnriched[dvd + j],
                  1e-6,
                  "dei");
            }
          }
          double m = d.weight(b, u, i);
          dS[u][i] = (dwu / s.kr() + dwi / s.kl()) * m * (1 - m);
          if (target) {
            dS[u][i] += targetScale * (m - itemTarget[b * s.kr() + i]);
          }
        }
      }
      for (int j = 0; j < s.h(); j++) {
        for (int u = 0; u < s.kl(); u++) {
          double sum = 0;
          for (int i = 0; i < s.kr(); i++) {
            sum += dS[u][i] * d.hi[d.itemIndex[b * s.kr() + i] * s.h() + j];
          }
          BackendsUnderTest.assertClose(dhu[(b * s.kl() + u) * s.h() + j], sum, 2e-5, "dhu");
        }
        for (int i = 0; i < s.kr(); i++) {
          double sum = 0;
          for (int u = 0; u < s.kl(); u++) {
            sum += dS[u][i] * d.hu[d.userIndex[b * s.kl() + u] * s.h() + j];
          }
          BackendsUnderTest.assertClose(dhi[(b * s.kr() + i) * s.h() + j], sum, 2e-5, "dhi");
        }
      }
    }
  }

  /** Outputs are replaced, so what was there must not matter. */
  private static float[] filled(int n) {
    float[] x = new float[n];
    java.util.Arrays.fill(x, Float.NaN);
    return x;
  }

  @Test
  void sameBitsForEveryNumberOfThreads() {
    Sizes s = new Sizes(300, 10, 20, 32, 16, 16);
    for (Kernels one : BackendsUnderTest.withThreads(1)) {
      float[][] expected = results(one.coInteraction(), s);
      for (int threads : new int[] {2, 5}) {
        assertThat(results(BackendsUnderTest.named(one.name(), threads).coInteraction(), s))
            .isDeepEqualTo(expected);
      }
    }
  }

  private static float[][] results(CoInteractionKernel kernel, Sizes s) {
    Data d = new Data(1, s);
    d.forward(kernel, true);
    float[] dhu = new float[s.batch() * s.kl() * s.h()];
    float[] dhi = new float[s.batch() * s.kr() * s.h()];
    kernel.backward(
        d.users(),
        d.items(),
        d.upstream(d.wide(d.enriched, Data.AT), null, null, 0),
        d.gradients(dhu, dhi, null, null));
    return new float[][] {d.m, d.wu, d.wi, d.enriched, dhu, dhi};
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    assertThatThrownBy(() -> new Sizes(1, 0, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kl 0");
    Sizes s = new Sizes(2, 2, 3, 4, 5, 6);
    Data d = new Data(1, s);
    d.itemIndex[4] = 23;
    assertThatThrownBy(() -> d.forward(kernels.coInteraction(), true))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage(
            "coInteraction.forward: index 23 at position 4 is outside hi and ei of 23 rows");
    d.itemIndex[4] = 0;
    CoInteractionKernel kernel = kernels.coInteraction();
    assertThatThrownBy(() -> kernel.forward(d.users(), d.items(), d.outputs(new float[9])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("coInteraction.forward: m is [3, 3]; [4, 3] is needed");
    Entities wider = new Data(1, new Sizes(2, 2, 3, 5, 5, 6)).items();
    assertThatThrownBy(() -> kernel.forward(d.users(), wider, d.outputs(null)))
        .hasMessage("co-interaction: users have 4 hidden columns and 2 rows, items 5 and 2");
    assertThatThrownBy(() -> new Entities(wider.hidden(), wider.embedding(), wider.index(), 4))
        .hasMessageContaining("an index of 6 do not fit 4 entities per row");
  }
}
