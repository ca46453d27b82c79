package org.recallrank.training.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final int CASES = 610; // each number of rows ten times
  private static final int MOST_ROWS = 60;

  @Test
  void agreesWithCountingAllPairs() {
    Random random = new Random(2024);
    for (int c = 0; c < CASES; c++) {
      int rows = c % (MOST_ROWS + 1);
      int users = 1 + random.nextInt(9);
      int distinctScores = 1 + random.nextInt(50);
      agreesWithCountingAllPairs(random, rows, users, distinctScores);
    }
  }

  private static void agreesWithCountingAllPairs(
      Random random, int rows, int users, int distinctScores) {
    String name = "%d rows, %d users, %d scores".formatted(rows, users, distinctScores);
    float[] labels = new float[rows];
    float[] scores = new float[rows];
    int[] groups = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = random.nextInt(2);
      scores[i] = (random.nextInt(distinctScores) - 5) / 40f;
      groups[i] = random.nextInt(users) == 0 ? Integer.MIN_VALUE : random.nextInt(users) - 2;
    }
    Metrics metrics = Metrics.of(labels, scores, groups);

    assertThat(metrics.auc())
        .as(name)
        .isCloseTo(pairAuc(labels, scores, groups, null), within(1e-12));
    double sum = 0;
    long counted = 0;
    long groupsCounted = 0;
    for (int group : Arrays.stream(groups).distinct().toArray()) {
      double auc = pairAuc(labels, scores, groups, group);
      long size = Arrays.stream(groups).filter(g -> g == group).count();
      if (!Double.isNaN(auc)) {
        sum += size * auc;
        counted += size;
        groupsCounted++;
      }
    }
    assertThat(metrics.gauc()).as(name).isCloseTo(sum / counted, within(1e-12));
    assertThat(metrics.gaucRows()).as(name).isEqualTo(counted);
    assertThat(metrics.gaucGroups()).as(name).isEqualTo(groupsCounted);
  }

  /** The share of (clicked, not clicked) pairs in the right order, within one group or over all. */
  private static double pairAuc(float[] labels, float[] scores, int[] groups, Integer group) {
    double wins = 0;
    double pairs = 0;
    for (int p = 0; p < labels.length; p++) {
      for (int n = 0; n < labels.length; n++) {
        boolean counts = group == null || (groups[p] == group && groups[n] == group);
        if (counts && labels[p] == 1 && labels[n] == 0) {
          pairs++;
          wins += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
        }
      }
    }
    return wins / pairs;
  }

  @Test
  void loglossClipsCertainty() {
    Metrics metrics = Metrics.of(new float[] {1, 0, 1}, new float[] {0, 0.25f, 1}, null);
    double expected = -(Math.log(1e-7) + Math.log(0.75) + Math.log(1 - 1e-7)) / 3;
    assertThat(metrics.logloss()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void zeroHasNoSign() {
    assertThat(Metrics.of(new float[] {1, 0}, new float[] {-0f, 0f}, null).auc()).isEqualTo(0.5);
  }

  @Test
  void undefinedIsNaN() {
    Metrics oneClass = Metrics.of(new float[] {1, 1}, new float[] {0.1f, 0.2f}, new int[2]);
    assertThat(oneClass.auc()).isNaN();
    assertThat(oneClass.gauc()).isNaN();
    assertThat(oneClass.gaucGroups()).isZero();
    Metrics none = Metrics.of(new float[0], new float[0], new int[0]);
    assertThat(none.auc()).isNaN();
    assertThat(none.logloss()).isNaN();
    assertThat(Metrics.of(new float[] {1, 0}, new float[2], null).gauc()).isNaN();
  }

  @Test
  void onlyTheRowsAskedForCount() {
    float[] labels = {1, 0, 0};
    float[] scores = {0.9f, 0.1f, Float.NaN};
    assertThat(Metrics.of(labels, scores, new int[3], 2).auc()).isEqualTo(1.0);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> Metrics.of(new float[] {0.5f}, new float[1], null))
        .hasMessage("label 0 should be 0 or 1, found 0.5");
    assertThatThrownBy(() -> Metrics.of(new float[1], new float[] {Float.NaN}, null))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("score 0 is NaN: has the model diverged?");
    assertThatThrownBy(() -> Metrics.of(new float[1], new float[2], null))
        .hasMessage("1 labels, 2 scores and no groups; expected as many of each");
  }
}
