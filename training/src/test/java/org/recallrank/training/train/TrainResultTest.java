package org.recallrank.training.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.metrics.Metrics;

class TrainResultTest {
  private static EpochReport report(double seconds, long rows, double scoring) {
    Evaluator.Evaluation valid =
        new Evaluator.Evaluation(new Metrics(1, 1, 1, 1, 1), null, 60, scoring);
    return new EpochReport(1, 0, 0, 0, 0, 0, seconds, rows, valid, false);
  }

  @Test
  void speedIsTheMedianOfTheEpochs() {
    List<EpochReport> odd = List.of(report(2, 60, 3), report(20, 60, 60), report(3, 60, 2));
    assertThat(new Trainer.Result(odd).rowsPerSecond()).isEqualTo(20);
    assertThat(new Trainer.Result(odd).secondsPerEpoch()).isEqualTo(3);
    assertThat(new Trainer.Result(odd).scoredPerSecond()).isEqualTo(20);
    List<EpochReport> even = Stream.concat(odd.stream(), Stream.of(report(4, 60, 1))).toList();
    assertThat(new Trainer.Result(even).rowsPerSecond()).isEqualTo(17.5);
    assertThat(new Trainer.Result(even).secondsPerEpoch()).isEqualTo(3.5);
    assertThat(new Trainer.Result(even).scoredPerSecond()).isEqualTo(25);
    assertThat(new Trainer.Result(List.of()).rowsPerSecond()).isNaN();
    assertThat(new Trainer.Result(List.of()).best()).isNull();
  }
}
