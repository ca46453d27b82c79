package org.recallrank.autograd;

import java.util.List;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/** The backends that tests of this module run on. */
public final class HostBackends {
  private HostBackends() {}

  /**
   * One-thread scalar kernels: they sum in double precision, so they are what others are held to.
   */
  public static Kernels scalar() {
    return new KernelSelector().select("scalar", Workers.create(1)).kernels();
  }

  /**
   * The CPU backends that work here, scalar first. HostBackends on a device are compared with the
   * scalar kernels where they live; thousands of tiny launches would only be slow here.
   */
  public static List<Kernels> all() {
    List<Kernels> found =
        new KernelSelector()
            .candidates().stream()
                .filter(c -> c.available() && !c.name().equals("opencl"))
                .map(c -> new KernelSelector().select(c.name(), Workers.create(1)).kernels())
                .sorted(
                    (a, b) -> Boolean.compare(b.name().equals("scalar"), a.name().equals("scalar")))
                .toList();
    if (found.isEmpty() || !found.get(0).name().equals("scalar")) {
      throw new IllegalStateException("the scalar backend must be there, found " + found);
    }
    return found;
  }
}
