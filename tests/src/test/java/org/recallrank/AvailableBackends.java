package org.recallrank;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/** The backends that work here, for tests that run on each of them. */
final class AvailableBackends {
  private AvailableBackends() {}

  /** A test of one backend. */
  @FunctionalInterface
  interface Check {
    void with(Kernels kernels) throws Exception;
  }

  /** Their names, best first. */
  static List<String> names() {
    return new KernelSelector()
        .candidates().stream()
            .filter(KernelSelector.Candidate::available)
            .map(KernelSelector.Candidate::name)
            .toList();
  }

  static Kernels create(String name, Workers workers) {
    return new KernelSelector().select(name, workers).kernels();
  }

  /** One test for each backend, with two workers. */
  static Stream<DynamicTest> each(String what, Check check) {
    return names().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    what + " on " + name,
                    () -> {
                      try (Workers workers = Workers.create(2)) {
                        check.with(create(name, workers));
                      }
                    }));
  }
}
