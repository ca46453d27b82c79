package org.recallrank.bench.cases;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.kernels.Workers;

/** Runs each case at a small size on each backend and compares every element with its oracle. */
class CasesTest {
  private static final Workers WORKERS = Workers.create(2);

  @AfterAll
  static void close() {
    WORKERS.close();
  }

  /** Each kind of case at odd sizes, of which some are smaller and some larger than a vector. */
  static Stream<KernelCase> small() {
    return Stream.<Stream<KernelCase>>of(
            gemm(), simHash(), nearest(), coInteraction(), vectorMath(), embedding(), adam())
        .flatMap(cases -> cases);
  }

  private static Stream<KernelCase> gemm() {
    return Stream.of(GemmShape.values()).map(shape -> new GemmCase(shape, 37));
  }

  private static Stream<KernelCase> simHash() {
    return Stream.of(Form.values())
        .flatMap(
            form ->
                Stream.of(new SimHashCase(form, 61, 7, 64), new SimHashCase(form, 37, 33, 256)));
  }

  private static Stream<KernelCase> nearest() {
    return Stream.of(
        new HammingCase(21, 64, 1, 20),
        new HammingCase(1021, 64, 1, 20),
        new HammingCase(20011, 64, 3, 20),
        new HammingCase(307, 256, 1, 19),
        new HammingCase(4099, 256, 17, 20),
        new SelectionCase(53, 37, 64, 20),
        new SelectionCase(31, 301, 256, 7),
        new InnerProductCase(301, 3, 1, 20),
        new InnerProductCase(4999, 10, 67, 19));
  }

  private static Stream<KernelCase> coInteraction() {
    return Stream.of(CoInteractionCase.Pass.values())
        .flatMap(
            pass ->
                Stream.of(
                    new CoInteractionCase(pass, 19, 3, 5, 7, 11),
                    new CoInteractionCase(pass, 5, 11, 21, 33, 29)));
  }

  private static Stream<KernelCase> vectorMath() {
    return Stream.of(VectorMathCase.Function.values())
        .flatMap(
            function ->
                Stream.of(
                    new VectorMathCase(function, 1, 5), new VectorMathCase(function, 13, 67)));
  }

  private static Stream<KernelCase> embedding() {
    return Stream.of(EmbeddingCase.Direction.values())
        .flatMap(
            direction ->
                Stream.of(
                    new EmbeddingCase(direction, 29, 7, 101),
                    new EmbeddingCase(direction, 1009, 33, 2003)));
  }

  private static Stream<KernelCase> adam() {
    return Stream.of(AdamCase.Tables.values())
        .flatMap(
            tables ->
                Stream.of(new AdamCase(tables, 101, 5, 17), new AdamCase(tables, 513, 35, 301)));
  }

  static Stream<Arguments> cases() {
    List<String> backends =
        new KernelSelector()
            .candidates().stream()
                .filter(KernelSelector.Candidate::available)
                .map(KernelSelector.Candidate::name)
                .toList();
    return small()
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
}
