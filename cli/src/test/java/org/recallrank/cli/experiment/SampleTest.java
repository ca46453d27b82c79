package org.recallrank.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void meanAndDeviation() {
    Sample s = Sample.of(1, 2, 3, 6, Double.NaN);
    assertThat(s.n()).isEqualTo(4);
    assertThat(s.mean()).isEqualTo(3);
    assertThat(s.sd()).isCloseTo(Math.sqrt(14.0 / 3), within(1e-12));
  }

  /** Student's sleep data (R: {@code t.test(extra ~ group, paired = TRUE)}). */
  @Test
  void pairedTestOfStudentsSleepData() {
    double[] one = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    double[] two = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    Sample.Paired test = Sample.Paired.of(one, two);
    assertThat(test.difference()).isCloseTo(-1.58, within(1e-9));
    assertThat(test.t()).isCloseTo(-4.0621, within(1e-4));
    assertThat(test.p()).isCloseTo(0.002833, within(1e-6));
  }

  @Test
  void oneSeedTestsNothing() {
    assertThat(Sample.Paired.of(new double[] {1}, new double[] {2}).p()).isNaN();
  }
}
