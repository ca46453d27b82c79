package org.recallrank.autograd.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.optim.Optimizer.Regularizer;

class PlateauScheduleTest {
  private final Optimizer optimizer =
      new Sgd(
          HostBackends.scalar(),
          List.of(Parameter.dense("w", Parameter.Group.NETWORK, GradientCheck.values(1, 2))),
          Regularizer.NONE,
          1e-3,
          10);
  private final PlateauSchedule schedule = new PlateauSchedule(2);

  private void assertRate(double expected) {
    assertThat(optimizer.learningRate()).isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void lowersTheRateAndStops() {
    assertThat(schedule.report(0.7, optimizer)).isTrue();
    assertRate(1e-3);
    assertThat(schedule.report(0.69, optimizer)).isFalse();
    assertRate(1e-4);
    assertThat(schedule.exhausted()).isFalse();
    assertThat(schedule.report(0.7, optimizer)).isFalse(); // equal is not better
    assertRate(1e-5);
    assertThat(schedule.exhausted()).isTrue();
  }

  @Test
  void betterMeansByAMillionth() {
    schedule.report(0.5, optimizer);
    assertThat(schedule.report(0.5 + 0.9e-6, optimizer)).isFalse();
    assertThat(schedule.report(0.5 + 1.1e-6, optimizer)).isTrue();
    // The worse one in between must not have raised the bar.
    assertThat(schedule.report(0.5 + 2.2e-6, optimizer)).isTrue();
  }

  @Test
  void aBetterOneStartsTheCountAgainButKeepsTheRate() {
    schedule.report(0.5, optimizer);
    schedule.report(0.4, optimizer);
    assertThat(schedule.report(0.6, optimizer)).isTrue();
    assertRate(1e-4);
    schedule.report(0.5, optimizer);
    assertThat(schedule.exhausted()).isFalse();
    schedule.report(0.59, optimizer);
    assertThat(schedule.exhausted()).isTrue();
  }

  @Test
  void theRateDoesNotFallBelowAMillionth() {
    PlateauSchedule patient = new PlateauSchedule(10);
    patient.report(0.5, optimizer);
    for (int i = 0; i < 8; i++) {
      patient.report(0.1, optimizer);
    }
    assertThat(optimizer.learningRate()).isEqualTo(1e-6);
    assertThat(patient.exhausted()).isFalse();
  }

  @Test
  void aValueThatIsNotANumberIsNotBetter() {
    schedule.report(0.5, optimizer);
    assertThat(schedule.report(Double.NaN, optimizer)).isFalse();
    assertThat(schedule.report(0.6, optimizer)).isTrue();
  }

  @Test
  void patienceIsAtLeastOne() {
    assertThatThrownBy(() -> new PlateauSchedule(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0");
  }
}
