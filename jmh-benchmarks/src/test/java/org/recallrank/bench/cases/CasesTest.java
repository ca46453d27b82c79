package org.recallrank.bench.cases;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Workers;

/** Runs each case at a small size on each backend and compares every element with its oracle. */
class CasesTest {
  private static final Workers WORKERS = Workers.create(2);

  @AfterAll
  static void close() {
    WORKERS.close();
  }

  static Stream<Arguments> cases() {
    List<String> backends =
        new KernelSelector()
            .candidates().stream()
                .filter(KernelSelector.Candidate::available)
                .map(KernelSelector.Candidate::name)
                .toList();
    return SmallCases.all()
        .flatMap(
            operation ->
                backends.stream()
                    .map(backend -> Arguments.of(operation.name(), backend, operation)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("cases")
  void computesWhatTheOracleSays(String name, String backend, KernelCase operation) {
    var kernels = new KernelSelector().select(backend, WORKERS).kernels();
    operation.check(() -> operation.run(kernels));
    // A second run must find its inputs where the first did.
    operation.check(() -> operation.run(kernels));
  }

  @ParameterizedTest
  @MethodSource("org.recallrank.bench.cases.SmallCases#all")
  void noticesThatNothingWasDone(KernelCase operation) {
    assertThatThrownBy(() -> operation.check(() -> {})).isInstanceOf(AssertionError.class);
  }
}
