package org.recallrank.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.SmallCases;

/**
 * Nothing is measured that is not checked: there is one method that JMH calls, it runs a {@link
 * KernelCase}, and every kind of case is among the {@link SmallCases} that are compared with their
 * oracles.
 */
class CoverageTest {
  private final JavaClasses module =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.recallrank.bench");

  @Test
  void onlyCasesAreMeasured() {
    methods()
        .that()
        .areAnnotatedWith(Benchmark.class)
        .should()
        .beDeclaredIn(KernelBenchmark.class)
        .check(module);
  }

  @Test
  void everyKindOfCaseIsChecked() {
    Set<String> checked =
        SmallCases.all().map(c -> c.getClass().getName()).collect(Collectors.toSet());
    assertThat(checked).isEqualTo(concrete(KernelCase.class));
  }

  /** JMH's list is made when the module is compiled, and it is what {@code -l} prints. */
  @Test
  void jmhListsEveryBenchmark() {
    Set<String> listed =
        BenchmarkList.defaultList().getAll(null, List.of()).stream()
            .map(BenchmarkListEntry::getUserClassQName)
            .collect(Collectors.toSet());
    assertThat(listed).isNotEmpty().isEqualTo(concrete(KernelBenchmark.class));
  }

  private Set<String> concrete(Class<?> type) {
    return module.stream()
        .filter(c -> c.isAssignableTo(type) && !c.isInterface())
        .filter(c -> !c.getModifiers().contains(JavaModifier.ABSTRACT))
        .filter(c -> !c.getPackageName().endsWith(".jmh_generated"))
        .map(c -> c.getName())
        .collect(Collectors.toSet());
  }
}
