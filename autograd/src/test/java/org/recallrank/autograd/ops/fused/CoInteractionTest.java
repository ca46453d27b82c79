package org.recallrank.autograd.ops.fused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.autograd.ops.fused.CoInteraction.Selected;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class CoInteractionTest {
  private static final int BATCH = 2;
  private static final int KL = 2;
  private static final int KR = 3;
  private static final int H = 3;
  private static final int DU = 4;
  private static final int DI = 2;

  // Entities occur in several rows and twice in one, so that their gradients must be added up.
  private static final int[] USERS = {2, 0, 2, 2};
  private static final int[] ITEMS = {3, 1, 0, 3, 3, 2};
  private static final float[] EXPOSED = {1, 0, 0, 0, 1, 1};

  private final Tensor userHidden = halved(41, 3);
  private final Tensor itemHidden = halved(42, 4);
  private final Tensor users = values(43, 3, DU);
  private final Tensor items = values(44, 4, DI);

  /** Scores that leave the sigmoid where it still bends. */
  private static Tensor halved(long seed, int rows) {
    Tensor tensor = values(seed, rows, H);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, tensor.get(i) / 2);
    }
    return tensor;
  }

  private static CoInteraction.Result apply(Variable[] in, float[] exposed, ExposureLoss reading) {
    return CoInteraction.apply(
        new Selected(in[0], in[2], Ids.of(USERS), KL),
        new Selected(in[1], in[3], Ids.of(ITEMS), KR),
        exposed,
        reading);
  }

  private GradientCheck check() {
    return GradientCheck.of(userHidden, itemHidden, users, items);
  }

  /** Eq. 6 to 11 in double, straight from their definition. */
  private final class Oracle {
    final double[] m = new double[BATCH * KL * KR];
    final double[] itemWeights = new double[BATCH * KR];
    final double[] enriched = new double[BATCH * (DU + DI)];

    Oracle() {
      for (int b = 0; b < BATCH; b++) {
        for (int u = 0; u < KL; u++) {
          int user = USERS[b * KL + u];
          for (int i = 0; i < KR; i++) {
            int item = ITEMS[b * KR + i];
            double score = 0;
            for (int j = 0; j < H; j++) {
              score += (double) userHidden.get(user * H + j) * itemHidden.get(item * H + j);
            }
            double weight = 1 / (1 + Math.exp(-score));
            m[(b * KL + u) * KR + i] = weight;
            itemWeights[b * KR + i] += weight / KL;
            for (int j = 0; j < DU; j++) {
              enriched[b * (DU + DI) + j] += weight / KR * users.get(user * DU + j);
            }
            for (int j = 0; j < DI; j++) {
              enriched[b * (DU + DI) + DU + j] += weight / KL * items.get(item * DI + j);
            }
          }
        }
      }
    }

    double loss(ExposureLoss reading) {
      double loss = 0;
      for (int b = 0; b < BATCH; b++) {
        for (int i = 0; i < KR; i++) {
          double y = EXPOSED[b * KR + i];
          if (reading == ExposureLoss.ITEM_WEIGHT) {
            double w = itemWeights[b * KR + i];
            loss -= (y * Math.log(w) + (1 - y) * Math.log(1 - w)) / (BATCH * KR);
          } else {
            for (int u = 0; u < KL; u++) {
              double p = m[(b * KL + u) * KR + i];
              loss -= (y * Math.log(p) + (1 - y) * Math.log(1 - p)) / (BATCH * KL * KR);
            }
          }
        }
      }
      return loss;
    }
  }

  @Test
  void enrichesWithoutLabels() {
    check().run(new Oracle().enriched, in -> apply(in, null, ExposureLoss.MATRIX).enriched());
  }

  @Test
  void bothOutputsTogether() {
    Oracle oracle = new Oracle();
    for (ExposureLoss reading : ExposureLoss.values()) {
      check()
          .runAll(
              new double[][] {oracle.enriched, {oracle.loss(reading)}},
              in -> {
                CoInteraction.Result result = apply(in, EXPOSED, reading);
                return new Variable[] {result.enriched(), result.exposureLoss()};
              });
    }
  }

  @Test
  void labelsDoNotChangeTheGradientOfTheEnrichedPart() {
    check()
        .run(new Oracle().enriched, in -> apply(in, EXPOSED, ExposureLoss.ITEM_WEIGHT).enriched());
  }

  /** The exposure loss alone: it depends on the hidden vectors, not on the embeddings. */
  @Test
  void theExposureLossAlone() {
    for (ExposureLoss reading : ExposureLoss.values()) {
      GradientCheck.of(userHidden, itemHidden)
          .run(
              new double[] {new Oracle().loss(reading)},
              in -> {
                Tape tape = in[0].tape();
                Variable[] all = {in[0], in[1], tape.constant(users), tape.constant(items)};
                return apply(all, EXPOSED, reading).exposureLoss();
              });
    }
  }

  @Test
  void reportsMAndItemWeights() {
    Oracle oracle = new Oracle();
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      Variable[] in = {
        tape.constant(userHidden),
        tape.constant(itemHidden),
        tape.constant(users),
        tape.constant(items)
      };
      CoInteraction.Result result = apply(in, null, ExposureLoss.MATRIX);
      assertThat(result.exposureLoss()).isNull();
      GradientCheck.assertClose("M", oracle.m, result.matching());
      GradientCheck.assertClose("w_i", oracle.itemWeights, result.itemWeights());
    }
  }

  /** Certain and wrong: the logarithm is clamped at -100, and no gradient is NaN. */
  @Test
  void certainAndWrongStaysFinite() {
    for (Kernels kernels : HostBackends.all()) {
      for (ExposureLoss reading : ExposureLoss.values()) {
        Tape tape = new Tape(kernels);
        tape.startTraining(new Rng(1));
        var hu =
            org.recallrank.autograd.Parameter.dense(
                "hu",
                org.recallrank.autograd.Parameter.Group.NETWORK,
                Tensor.wrap(new float[] {30}, 1, 1));
        Variable[] in = {
          tape.parameter(hu),
          tape.constant(Tensor.wrap(new float[] {30, -30}, 2, 1)),
          tape.constant(Tensor.wrap(new float[] {1}, 1, 1)),
          tape.constant(Tensor.wrap(new float[] {1, 1}, 2, 1))
        };
        Variable loss =
            CoInteraction.apply(
                    new Selected(in[0], in[2], Ids.of(new int[] {0}), 1),
                    new Selected(in[1], in[3], Ids.of(new int[] {0, 1}), 2),
                    new float[] {0, 1},
                    reading)
                .exposureLoss();
        tape.backward(loss);
        assertThat(loss.value().get(0)).as("%s %s", kernels.name(), reading).isEqualTo(100);
        assertThat(Math.abs(hu.gradient().get(0))).as("%s %s", kernels.name(), reading).isFinite();
      }
    }
  }

  @Test
  void hiddenWidthsThatDifferAreAnError() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable[] in = {
      tape.constant(userHidden),
      tape.constant(Tensor.zeros(4, H + 1)),
      tape.constant(users),
      tape.constant(items)
    };
    assertThatThrownBy(() -> apply(in, null, ExposureLoss.MATRIX))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 hidden columns")
        .hasMessageContaining("4");
  }

  @Test
  void aViewOfALargerTensorGivesTheSame() {
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      Tensor both = Tensor.zeros(2, 3, H);
      System.arraycopy(userHidden.data(), 0, both.data(), 3 * H, 3 * H);
      Variable[] in = {
        tape.constant(userHidden),
        tape.constant(itemHidden),
        tape.constant(users),
        tape.constant(items)
      };
      float[] expected = apply(in, null, ExposureLoss.MATRIX).enriched().value().toArray();
      in[0] = tape.constant(both).select(1);
      assertThat(apply(in, null, ExposureLoss.MATRIX).enriched().value().toArray())
          .as(kernels.name())
          .isEqualTo(expected);
    }
  }
}
