package org.recallrank.kernels;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Chooses the backend: the one asked for by argument, else by the system property {@value
 * #PROPERTY}, else the available one of highest priority.
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
    sorted.sort(
        Comparator.comparingInt(KernelProvider::priority)
            .reversed()
            .thenComparing(KernelProvider::name));
    this.providers = List.copyOf(sorted);
  }

  /**
   * One backend as {@code info} shows it.
   *
   * @param detail what it found, or why it does not work here
   */
  public record Candidate(String name, boolean available, String detail) {}

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
   * The backend to use.
   *
   * @param requested its name, or null to leave it to the property or the priorities
   * @param workers the threads the kernels run on
   * @throws IllegalStateException if the backend asked for is unknown or does not work here
   */
  public Selection select(String requested, Workers workers) {
    if (requested != null) {
      return explicit(requested, "asked for", workers);
    }
    String property = System.getProperty(PROPERTY);
    if (property != null && !property.isBlank()) {
      return explicit(property.strip(), "asked for by -D" + PROPERTY, workers);
    }
    StringBuilder others = new StringBuilder();
    KernelProvider chosen = null;
    String detail = null;
    for (KernelProvider provider : providers) {
      KernelProvider.Probe probe = provider.probe();
      if (chosen == null && provider.priority() > 0 && probe.available()) {
        chosen = provider;
        detail = probe.detail();
      } else {
        others.append("; ").append(provider.name()).append(" not taken: ");
        if (!probe.available()) {
          others.append(probe.detail());
        } else if (provider.priority() <= 0) {
          others.append("only on request");
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

  private Selection explicit(String name, String why, Workers workers) {
    for (KernelProvider provider : providers) {
      if (provider.name().equals(name)) {
        KernelProvider.Probe probe = provider.probe();
        if (!probe.available()) {
          throw new IllegalStateException(
              "kernel backend '"
                  + name
                  + "' ("
                  + why
                  + ") does not work here: "
                  + probe.detail()
                  + "; known backends: "
                  + names());
        }
        return new Selection(
            provider.create(workers),
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
