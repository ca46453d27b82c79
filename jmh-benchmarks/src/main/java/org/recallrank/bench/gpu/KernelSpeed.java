package org.recallrank.bench.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.GemmShape;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.compare.Duel;
import org.recallrank.bench.compare.KernelContender;

/** Single operations on the device beside the same ones on the host. */
final class KernelSpeed {
  private static final int TOP = 20;
  private static final int ENTITIES = 2000;

  /** Elements of a large product that are compared with the oracle: all would take minutes. */
  private static final int COMPARED = 2000;

  private static final int PROFILED_RUNS = 5;

  private KernelSpeed() {}

  /**
   * An operation whose inputs stay on the device.
   *
   * @param compare with the oracle
   */
  record Resident(KernelCase operation, Runnable compare, List<Object> inputs) {
    static Resident of(GemmCase c) {
      return new Resident(c, () -> c.compareSome(COMPARED), List.of(c.a, c.b));
    }

    static Resident of(HammingCase c) {
      return new Resident(c, c::compare, List.of(c.pool));
    }

    static Resident of(CoInteractionCase c) {
      return new Resident(c, c::compare, List.of(c.hu, c.hi, c.eu, c.ei, c.userIndex, c.itemIndex));
    }
  }

  /** A name, before the arrays are made. */
  record Planned(String name, Supplier<Resident> make) {}

  static List<Planned> plan(Sizes sizes, int pool) {
    List<Planned> plan = new ArrayList<>();
    for (int n : sizes.squares()) {
      plan.add(
          new Planned(
              "gemm " + n, () -> Resident.of(new GemmCase("SQUARE", false, false, n, n, n))));
    }
    for (GemmShape shape : GemmShape.values()) {
      plan.add(
          new Planned(
              "gemm " + shape, () -> Resident.of(new GemmCase(shape, sizes.productBatch()))));
    }
    plan.add(new Planned("hamming " + pool, () -> Resident.of(new HammingCase(pool, 64, 1, TOP))));
    for (CoInteractionCase.Pass pass : CoInteractionCase.Pass.values()) {
      plan.add(
          new Planned(
              "co-interaction " + pass,
              () ->
                  Resident.of(
                      new CoInteractionCase(
                          pass,
                          CoInteractionCase.Shape.S10X20X32,
                          sizes.productBatch(),
                          ENTITIES))));
    }
    return plan;
  }

  /**
   * KernelChecks and measures.
   *
   * @throws AssertionError if the device computed something wrong
   */
  static Measured measure(Resident resident, DeviceAndHost backends, Duel.Effort effort) {
    KernelCase operation = resident.operation();
    resident.inputs().forEach(array -> backends.device().keep(array, 0));
    KernelContender device = new KernelContender(operation, backends.opencl());
    KernelContender host = new KernelContender(operation, backends.simd());
    operation.reset();
    device.run();
    resident.compare().run();
    effort.warmUp(device);
    effort.warmUp(host);
    // The profile comes last: from then on each command of this context carries an event.
    Duel duel = Duel.fight(device, host, backends.workers().threads(), effort);
    return new Measured(
        operation.name(), operation.work(), deviceSeconds(device, backends), duel, null);
  }

  private static double deviceSeconds(KernelContender device, DeviceAndHost backends) {
    backends.device().startProfile();
    for (int i = 0; i < PROFILED_RUNS; i++) {
      device.run();
    }
    double milliseconds = backends.kernelCosts().stream().mapToDouble(c -> c.milliseconds()).sum();
    return 1e-3 * milliseconds / PROFILED_RUNS;
  }
}
