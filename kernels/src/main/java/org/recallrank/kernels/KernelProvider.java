package org.recallrank.kernels;

import java.util.List;

/**
 * A backend that {@link KernelSelector} can find by {@link java.util.ServiceLoader}.
 *
 * <p>Keeps nothing: any threads may ask it.
 */
public interface KernelProvider {

  /** What the user asks for: {@code scalar}, {@code simd} or {@code opencl}. */
  String name();

  /**
   * Whether the backend is a candidate when nobody asked for one by name; the highest positive
   * number wins, 0 means only on request.
   */
  int priority();

  /** Whether the backend can work here; must neither throw nor leave anything behind. */
  Probe probe();

  /**
   * The kernels of this backend.
   *
   * @throws IllegalStateException if {@link #probe} says no
   */
  Kernels create(Workers workers);

  /** The devices there are to choose from, numbered from 0; empty for the host's own processor. */
  default List<String> devices() {
    return List.of();
  }

  /**
   * The kernels on one of the {@link #devices}.
   *
   * @param device its number or part of its name, or null to leave the choice to the backend
   * @throws IllegalStateException if there is no such device, or {@link #probe} says no
   */
  default Kernels create(Workers workers, String device) {
    if (device != null) {
      throw new IllegalStateException(
          "kernel backend '" + name() + "' has no devices to choose from, found '" + device + "'");
    }
    return create(workers);
  }

  /**
   * The answer of {@link #probe}.
   *
   * @param available whether the backend works here
   * @param detail what it found (vector width, device) or the reason why not and what to do
   */
  record Probe(boolean available, String detail) {
    /** The backend works here, with what it found. */
    public static Probe ok(String detail) {
      return new Probe(true, detail);
    }

    /** The backend does not work here, with the reason. */
    public static Probe no(String reason) {
      return new Probe(false, reason);
    }
  }
}
