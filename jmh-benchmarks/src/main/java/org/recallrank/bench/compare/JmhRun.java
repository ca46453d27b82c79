package org.recallrank.bench.compare;

import java.nio.file.Path;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The JMH benchmarks of this jar, with JMH's own result file. */
final class JmhRun {
  private JmhRun() {}

  /**
   * Runs the benchmarks whose names match; their progress goes to standard error.
   *
   * @param quick one short iteration: the numbers mean little
   */
  static void run(String regex, boolean quick, Path result) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(regex)
            .resultFormat(ResultFormatType.JSON)
            .result(result.toString())
            .shouldFailOnError(true);
    if (quick) {
      options
          .warmupIterations(1)
          .measurementIterations(1)
          .warmupTime(TimeValue.milliseconds(200))
          .measurementTime(TimeValue.milliseconds(200));
    }
    new Runner(
            options.build(),
            OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
        .run();
  }
}
