package org.recallrank.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rules that hold in every room. They are made by methods, so that {@link ArchitectureTest} can
 * show on {@link Offender} that none of them passes by matching nothing.
 */
final class HouseRules {
  private static final int MOST_PARAMETERS = 7;

  private HouseRules() {}

  /** A room may use those below it and itself; nothing points back. */
  static ArchRule rooms() {
    return layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("kernels")
        .definedBy("org.recallrank.kernels..")
        .layer("tensor")
        .definedBy("org.recallrank.tensor..")
        .layer("autograd")
        .definedBy("org.recallrank.autograd..")
        .layer("rar-model")
        .definedBy("org.recallrank.model..")
        .layer("training")
        .definedBy("org.recallrank.training..")
        .layer("pages")
        .definedBy("org.recallrank.pages..")
        .layer("cli")
        .definedBy("org.recallrank.cli..")
        .whereLayer("kernels")
        .mayNotAccessAnyLayer()
        .whereLayer("tensor")
        .mayOnlyAccessLayers("kernels")
        .whereLayer("autograd")
        .mayOnlyAccessLayers("tensor", "kernels")
        .whereLayer("rar-model")
        .mayOnlyAccessLayers("autograd", "tensor", "kernels")
        .whereLayer("training")
        .mayOnlyAccessLayers("rar-model", "autograd", "tensor", "kernels")
        .whereLayer("pages")
        .mayNotAccessAnyLayer();
  }

  /**
   * No method has more than seven parameters. Records' constructors are spared, for their
   * components have names; so are the innermost loops of backends, which work on plain numbers.
   */
  static ArchRule fewParameters() {
    return methods()
        .that()
        .areDeclaredInClassesThat(
            describe(
                "are no backend's own, nor what backends share",
                c ->
                    !c.getPackageName()
                        .matches("org\\.recallrank\\.kernels\\.(base|scalar|simd|opencl)\\b.*")))
        .should(
            new ArchCondition<>("have at most " + MOST_PARAMETERS + " parameters") {
              @Override
              public void check(JavaMethod method, ConditionEvents events) {
                int n = method.getRawParameterTypes().size();
                // A lambda's captured variables are parameters of its method: nobody wrote them.
                if (n > MOST_PARAMETERS
                    && !method.getModifiers().contains(JavaModifier.SYNTHETIC)) {
                  events.add(
                      SimpleConditionEvent.violated(
                          method, method.getFullName() + " has " + n + " parameters"));
                }
              }
            });
  }

  /**
   * Models hold nothing of a step, for threads share them. Only signatures change with the weights,
   * and say how. Passes of a frozen enricher are kept by a tape, not by the model.
   */
  static ArchRule modelsKeepNothingOfAStep() {
    return fields()
        .that()
        .areDeclaredInClassesThat(
            resideInAnyPackage(
                    "org.recallrank.autograd.nn..",
                    "org.recallrank.model.base..",
                    "org.recallrank.model.enrich..",
                    "org.recallrank.model.entity..",
                    "org.recallrank.model.recall..")
                .and(
                    describe(
                        "are neither signatures nor passes of a tape",
                        c ->
                            !c.getSimpleName().equals("Signatures")
                                && c.getAllRawInterfaces().stream()
                                    .noneMatch(i -> i.getName().endsWith("UserPasses$Pass")))))
        .should()
        .beFinal();
  }

  /** The kernel interfaces and the scalar backend know no other backend: a provider is found. */
  static ArchRule backendsAreFoundNotNamed() {
    return noClasses()
        .that()
        .resideOutsideOfPackages("org.recallrank.kernels.simd..", "org.recallrank.kernels.opencl..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.recallrank.kernels.simd..", "org.recallrank.kernels.opencl..");
  }

  /** The rules that each class obeys for itself, by name. */
  static Map<String, ArchRule> ofEveryClass() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put(
        "only kernels.simd uses the Vector API",
        onlyIn("org.recallrank.kernels.simd..", "jdk.incubator.."));
    rules.put(
        "what scores reads neither CSV nor pickles, nor keeps large maps",
        noClasses()
            .that()
            .resideOutsideOfPackages("org.recallrank.training..", "org.recallrank.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "de.siegmar.fastcsv..", "net.razorvine..", "org.eclipse.collections.."));
    rules.put("no static variable", fields().that().areStatic().should().beFinal());
    rules.put(
        "no static holder of state",
        noFields()
            .that()
            .areStatic()
            .should()
            .haveRawType(
                resideInAPackage("java.util.concurrent.atomic")
                    .or(JavaClass.Predicates.assignableTo(ThreadLocal.class))));
    rules.put(
        "no reflection",
        noClasses()
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("java.lang.reflect..", "sun..", "jdk.internal..")));
    rules.put(
        "no class by name",
        noClasses()
            .should()
            .callMethodWhere(
                calls(Class.class, "forName|newInstance|get(Declared)?(Method|Field|Constructor)s?")
                    .or(calls(ClassLoader.class, "loadClass|defineClass"))));
    rules.put(
        "no system property written",
        noClasses()
            .should()
            .callMethodWhere(calls(System.class, "setProperty|clearProperty|setProperties")));
    rules.put(
        "no Java serialization",
        noClasses()
            .should()
            .dependOnClassesThat(
                describe(
                    "are object streams",
                    c -> c.getName().matches("java\\.io\\.Object(Input|Output)Stream"))));
    rules.put(
        "only the command line prints",
        noClasses()
            .that()
            .resideOutsideOfPackage("org.recallrank.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err"));
    rules.put(
        "only the command line ends the process",
        noClasses()
            .that()
            .resideOutsideOfPackage("org.recallrank.cli..")
            .should()
            .callMethodWhere(calls(System.class, "exit").or(calls(Runtime.class, "exit|halt"))));
    return rules;
  }

  /** Only {@code room} depends on classes of {@code library}. */
  static ArchRule onlyIn(String room, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  private static DescribedPredicate<JavaCall<?>> calls(Class<?> type, String methods) {
    return target(owner(JavaClass.Predicates.assignableTo(type)))
        .and(target(nameMatching(methods)))
        .as("%s.%s", type.getSimpleName(), methods);
  }
}
