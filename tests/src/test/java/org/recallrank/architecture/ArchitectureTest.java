package org.recallrank.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recallrank.kernels.BackPointer;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.model.enrich.StepKeeper;

/** The rooms see only those below them, and every class keeps the rules of the house. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  private JavaClasses house;
  private JavaClasses offender;

  @BeforeAll
  void readClassFiles() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.recallrank");
    offender = new ClassFileImporter().importClasses(Offender.class);
  }

  @Test
  void everyRoomIsRead() {
    Set<String> rooms =
        house.stream().map(c -> c.getPackageName().split("\\.", -1)[2]).collect(Collectors.toSet());
    assertThat(rooms)
        .containsExactlyInAnyOrder(
            "kernels", "tensor", "autograd", "model", "training", "pages", "cli");
    assertThat(house)
        .as("bodies are read too: the launcher's main calls something")
        .filteredOn(c -> c.getName().equals("org.recallrank.cli.Main"))
        .singleElement()
        .satisfies(c -> assertThat(c.getMethodCallsFromSelf()).isNotEmpty());
  }

  @Test
  void roomsSeeOnlyRoomsBelow() {
    HouseRules.rooms().check(house);
  }

  @Test
  void aPointerBackIsCaught() {
    JavaClasses withBackPointer = new ClassFileImporter().importPackages("org.recallrank");
    assertThatThrownBy(() -> HouseRules.rooms().check(withBackPointer))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(BackPointer.class.getName());
  }

  @Test
  void modelsKeepNothingOfAStep() {
    HouseRules.modelsKeepNothingOfAStep().check(house);
    JavaClasses withStepKeeper = new ClassFileImporter().importPackages("org.recallrank.model");
    assertThatThrownBy(() -> HouseRules.modelsKeepNothingOfAStep().check(withStepKeeper))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(StepKeeper.class.getName());
  }

  @Test
  void backendsAreFoundNotNamed() {
    HouseRules.backendsAreFoundNotNamed().check(house);
  }

  /** An equality, so that a backend that was not read, or does not use its library, fails too. */
  @ParameterizedTest
  @CsvSource({"simd, jdk.incubator.vector", "opencl, org.jocl"})
  void onlyItsBackendUsesALibrary(String backend, String library) {
    boolean registered =
        new KernelSelector().candidates().stream().anyMatch(c -> c.name().equals(backend));
    Set<String> users =
        house.stream()
            .filter(c -> dependsOn(c, library))
            .map(c -> c.getPackageName().replace(".gemm", "")) // simd's products have a folder
            .collect(Collectors.toSet());
    assertThat(users)
        .isEqualTo(registered ? Set.of("org.recallrank.kernels." + backend) : Set.of());
  }

  @Test
  void methodsAreCalledWithAFewArguments() {
    HouseRules.fewParameters().check(house);
  }

  @Test
  void methodsWithManyParametersAreCaught() {
    assertThatThrownBy(() -> HouseRules.fewParameters().check(offender))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("tooMany");
  }

  private static boolean dependsOn(JavaClass type, String packageName) {
    return type.getDirectDependenciesFromSelf().stream()
        .anyMatch(d -> d.getTargetClass().getPackageName().equals(packageName));
  }

  @TestFactory
  Stream<DynamicTest> everyClassKeepsTheRules() {
    return HouseRules.ofEveryClass().entrySet().stream()
        .map(rule -> dynamicTest(rule.getKey(), () -> rule.getValue().check(house)));
  }

  /** A rule that cannot fail proves nothing: each must catch the class that breaks them all. */
  @TestFactory
  Stream<DynamicTest> everyRuleCatchesTheOffender() {
    return HouseRules.ofEveryClass().entrySet().stream()
        .map(
            rule ->
                dynamicTest(
                    rule.getKey(),
                    () ->
                        assertThatThrownBy(() -> rule.getValue().check(offender))
                            .isInstanceOf(AssertionError.class)
                            .hasMessageContaining(Offender.class.getSimpleName())));
  }
}
