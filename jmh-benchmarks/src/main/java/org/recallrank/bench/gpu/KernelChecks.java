package org.recallrank.bench.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.DistancesCase;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.GemmShape;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.SelectionCase;
import org.recallrank.bench.cases.SimHashCase;
import org.recallrank.bench.cases.TrainingStepCase;
import org.recallrank.kernels.Device.Cost;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.training.recall.PoolConfig;

/**
 * Every OpenCL kernel in every role, at odd sizes that are large enough not to be left to the host.
 */
final class KernelChecks {
  private static final int BATCH = 301;

  private KernelChecks() {}

  /** Made when asked for, as each holds its arrays. */
  static Stream<Supplier<KernelCase>> all() {
    return Stream.of(products(), searches(), coInteractions(), models()).flatMap(s -> s);
  }

  private static Stream<Supplier<KernelCase>> products() {
    Stream<Supplier<KernelCase>> shapes =
        Stream.of(GemmShape.values()).map(shape -> () -> new GemmCase(shape, BATCH));
    Stream<Supplier<KernelCase>> tiles =
        Stream.of(0, 1, 2, 3)
            .flatMap(
                transposes -> {
                  boolean a = transposes % 2 == 1;
                  boolean b = transposes > 1;
                  String letters = " " + (a ? "T" : "N") + (b ? "T" : "N"); // as BLAS has them
                  return Stream.of(
                      () -> new GemmCase("SMALL_TILES" + letters, a, b, 131, 135, 67, true),
                      // 12 x 12 of the large tiles: a GPU takes them from 128 on.
                      () -> new GemmCase("LARGE_TILES" + letters, a, b, 1501, 1433, 37, true),
                      // Fills no GPU unless the depth is cut.
                      () -> new GemmCase("SLICES" + letters, a, b, 65, 67, 5003, true),
                      // Hardly an element is used twice, so nothing is packed.
                      () -> new GemmCase("DIRECT" + letters, a, b, 20011, 7, 9, true));
                });
    return Stream.concat(shapes, tiles);
  }

  private static Stream<Supplier<KernelCase>> searches() {
    Stream<Supplier<KernelCase>> signatures =
        Stream.of(Form.values())
            .flatMap(
                form ->
                    Stream.of(
                        () -> new SimHashCase(form, 1009, 7, 64),
                        () -> new SimHashCase(form, 301, 33, 256)));
    return Stream.concat(
        signatures,
        Stream.of(
            () -> new DistancesCase(40009, 64),
            () -> new DistancesCase(10007, 256),
            () -> new HammingCase(40009, 64, 1, 1),
            () -> new HammingCase(300007, 64, 3, 20),
            () -> new HammingCase(40009, 64, 2, 1000),
            () -> new HammingCase(20011, 256, 17, 20),
            () -> new SelectionCase(301, 200, 64, 20),
            () -> new SelectionCase(97, 1009, 256, 33)));
  }

  private static Stream<Supplier<KernelCase>> coInteractions() {
    return Stream.of(CoInteractionCase.Pass.values())
        .flatMap(
            pass ->
                Stream.of(
                    () -> new CoInteractionCase(pass, 19, 3, 5, 7, 11),
                    () -> new CoInteractionCase(pass, 37, 11, 21, 33, 29),
                    // More than the local memory of most GPUs.
                    () -> new CoInteractionCase(pass, 9, 101, 87, 64, 29),
                    () ->
                        new CoInteractionCase(pass, CoInteractionCase.Shape.S10X20X32, 257, 101)));
  }

  /** Chains of layers, with and without batch normalisation. */
  private static Stream<Supplier<KernelCase>> models() {
    return Stream.of(true, false)
        .flatMap(norms -> Stream.of("none", "rar").map(enrich -> () -> training(enrich, norms)));
  }

  private static KernelCase training(String enrich, boolean norms) {
    Map<String, String> settings = new HashMap<>();
    settings.put("parallel_dnn_hidden_units", "67,33");
    settings.put("embedding_std", "0.5");
    if (!norms) {
      settings.put("batch_norm", "false");
      if (enrich.equals("rar")) {
        settings.put("rar_batch_norm", "false");
      }
    }
    return new TrainingStepCase(
        "dcnv2", enrich, settings, ModelData.generated(6000, BATCH, new PoolConfig(20, 10)));
  }

  /** Runs a case on the device and compares; that the host did it all is a failure too. */
  static Check check(KernelCase operation, DeviceAndHost backends) {
    backends.device().startProfile();
    String failure = null;
    try {
      operation.check(() -> operation.run(backends.opencl()));
    } catch (AssertionError | IllegalStateException e) {
      failure = e.getMessage();
    }
    List<String> kernels = backends.kernelCosts().stream().map(Cost::what).sorted().toList();
    if (failure == null && kernels.isEmpty()) {
      failure = "the device ran no kernel";
    }
    return new Check(operation.name(), kernels, failure);
  }
}
