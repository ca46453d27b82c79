package org.recallrank.kernels;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Chooses the backend: the one asked for by argument, else by the system property {@value
 * #PROPERTY}, else the available one of highest priority.
 *
 * <p>May be shared by any number of threads.
 */
public final class KernelSelector {
  /** The system property that names a backend. */
  public static final String PROPERTY = "recallrank.kernels";

  private final List<KernelProvider> providers;

  /** Chooses among the backends on the class path. */
  public KernelSelector() {
    this(
        ServiceLoader.load(KernelProvider.class, KernelSelector.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .collect(Collectors.toList()));
  }

  /** Chooses among the given backends. */
  public KernelSelector(List<KernelProvider> providers) {
    List<KernelProvider> sorted = new ArrayList<>(providers);
    sorted.sort(KernelSelector::inOrder);
    this.providers = List.copyOf(sorted);
  }

  /** Comparator's own methods would do, but a JVM that starts makes classes for them first. */
  private static int inOrder(KernelProvider a, KernelProvider b) {
    int byPriority = Integer.compare(b.priority(), a.priority());
    return byPriority != 0 ? byPriority : a.name().compareTo(b.name());
  }

  /**
   * One backend as {@code info} shows it.
   *
   * @param detail what it found, or why it does not work here
   */
  public record Candidate(String name, boolean available, String detail) {}

  /** The devices of the backends that have some, by backend; numbered from 0 for each. */
  public Map<String, List<String>> devices() {
    Map<String, List<String>> devices = new LinkedHashMap<>();
    for (KernelProvider provider : providers) {
      List<String> found = provider.devices();
      if (!found.isEmpty()) {
        devices.put(provider.name(), found);
      }
    }
    return devices;
  }

  /**
   * The choice.
   *
   * @param kernels the chosen backend
   * @param explanation which backend, why, and why the others were not taken, as one line
   */
  public record Selection(Kernels kernels, String explanation) {
    /** Tells the log, at INFO, what was chosen. */
    public void log() {
      Logger logger = System.getLogger(KernelSelector.class.getName());
      logger.log(Level.INFO, explanation);
    }
  }

  /** All known backends, highest priority first. */
  public List<Candidate> candidates() {
    return providers.stream()
        .map(
            p -> {
              KernelProvider.Probe probe = p.probe();
              return new Candidate(p.name(), probe.available(), probe.detail());
            })
        .collect(Collectors.toList());
  }

  /**
   * The backend to use, on the device that it chooses.
   *
   * @param requested its name, or null to leave it to the property or the priorities
   * @param workers the threads the kernels run on
   * @throws IllegalStateException if the backend asked for is unknown or does not work here
   */
  public Selection select(String requested, Workers workers) {
    return select(requested, null, workers);
  }

  /**
   * The same on one of its {@link #devices}.
   *
   * @param device its number or part of its name, or null; only with a backend asked for
   */
  public Selection select(String requested, String device, Workers workers) {
    if (requested != null) {
      return explicit(requested, device, "asked for", workers);
    }
    String property = System.getProperty(PROPERTY);
    if (property != null && !property.isBlank()) {
      return explicit(property.strip(), device, "asked for by -D" + PROPERTY, workers);
    }
    if (device != null) {
      throw new IllegalStateException(
          "device '" + device + "' is asked for without a backend that has devices; name that too");
    }
    StringBuilder others = new StringBuilder();
    KernelProvider chosen = null;
    String detail = null;
    for (KernelProvider provider : providers) {
      if (provider.priority() <= 0) { // not even looked at: that may load a driver
        others.append("; ").append(provider.name()).append(" not taken: only on request");
        continue;
      }
      KernelProvider.Probe probe = provider.probe();
      if (chosen == null && probe.available()) {
        chosen = provider;
        detail = probe.detail();
      } else {
        others.append("; ").append(provider.name()).append(" not taken: ");
        if (!probe.available()) {
          others.append(probe.detail());
        } else {
          others.append("lower priority");
        }
      }
    }
    if (chosen == null) {
      throw new IllegalStateException("no kernel backend works here" + others);
    }
    return new Selection(
        chosen.create(workers),
        "kernels: " + chosen.name() + " (" + detail + "), " + threads(workers) + others);
  }

  /**
   * The available backend of highest positive priority, whatever was asked for: the one on the host
   * to which a backend on a device leaves what is not worth sending.
   */
  public Kernels fastestOfHost(Workers workers) {
    return providers.stream()
        .filter(p -> p.priority() > 0 && p.probe().available())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no kernel backend of the host works here"))
        .create(workers);
  }

  private Selection explicit(String name, String device, String why, Workers workers) {
    for (KernelProvider provider : providers) {
      if (provider.name().equals(name)) {
        KernelProvider.Probe probe = provider.probe();
        if (!probe.available()) {
          throw new IllegalStateException(
              "kernel backend '%s' (%s) does not work here: %s; known backends: %s"
                  .formatted(name, why, probe.detail(), names()));
        }
        return new Selection(
            provider.create(workers, device),
            "kernels: " + name + " (" + probe.detail() + "), " + threads(workers) + "; " + why);
      }
    }
    throw new IllegalStateException(
        "kernel backend '" + name + "' (" + why + ") is unknown; known backends: " + names());
  }

  private static String threads(Workers workers) {
    return workers.threads() + (workers.threads() == 1 ? " thread" : " threads");
  }

  private String names() {
    return providers.stream().map(KernelProvider::name).collect(Collectors.joining(", "));
  }
}
