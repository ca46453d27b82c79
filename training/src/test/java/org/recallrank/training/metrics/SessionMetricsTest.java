package org.recallrank.training.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SessionMetricsTest {
  /** Worked out by hand. Session 2 has no click, session 4 nothing else: neither counts. */
  @Test
  void sessionsOfOneClassCountForNothing() {
    int[] sessions = {1, 1, 1, 2, 2, 3, 3, 4};
    float[] labels = {1, 0, 0, 0, 0, 0, 1, 1};
    float[] scores = {.9f, .3f, .95f, .99f, .98f, .1f, .2f, .01f};
    SessionMetrics m = SessionMetrics.of(labels, scores, sessions, 8);
    assertThat(m.sessions()).isEqualTo(2);
    assertThat(m.rows()).isEqualTo(5);
    // Session 1: .9 above .3, below .95; session 3: right. Weights 3 and 2.
    assertThat(m.gauc()).isCloseTo((3 * .5 + 2 * 1) / 5, within(1e-12));
    // Clicked .9 and .2 against .3, .95 and .1: .9 beats two, .2 one, of six pairs.
    assertThat(m.auc()).isCloseTo(3 / 6., within(1e-12));
  }

  @Test
  void withoutSessionsOfBothClassesNothingIsDefined() {
    SessionMetrics m = SessionMetrics.of(new float[] {1, 0}, new float[2], new int[] {1, 2}, 2);
    assertThat(m.sessions()).isZero();
    assertThat(m.auc()).isNaN();
    assertThat(m.gauc()).isNaN();
  }

  @Test
  void rowsBeyondTheCountDoNotMatter() {
    SessionMetrics m =
        SessionMetrics.of(new float[] {1, 0, 1}, new float[] {1, 0, 0}, new int[] {1, 1, 1}, 2);
    assertThat(m.rows()).isEqualTo(2);
    assertThat(m.auc()).isEqualTo(1);
  }
}
