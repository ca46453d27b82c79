package org.recallrank.cli.options;

import java.nio.file.Path;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.serve.Ranker;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** On what a command computes. */
public final class ComputeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads; results are the same for every number (default: all processors)")
  private Integer threads;

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      description = "scalar, simd or opencl (default: the fastest of the first two)")
  private String kernels;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "with --kernels=opencl: a device's number or part of its name, as info lists them"
              + " (default: the first GPU, else the first device)")
  private String device;

  /** Threads and kernels; to be closed. */
  public record Compute(Workers workers, Kernels kernels, String explanation)
      implements AutoCloseable {
    @Override
    public void close() {
      workers.close();
    }
  }

  /**
   * Starts threads and picks a backend.
   *
   * @throws BackendException if one was asked for that does not work here
   */
  public Compute open() {
    return open(1);
  }

  /**
   * The same with a share of the threads, at least one.
   *
   * @param shares how many there are
   */
  public Compute open(int shares) {
    Workers workers = Workers.create(Math.max(1, threads() / shares));
    try {
      KernelSelector.Selection selection = new KernelSelector().select(kernels, device, workers);
      return new Compute(workers, selection.kernels(), selection.explanation());
    } catch (IllegalStateException e) {
      workers.close();
      throw new BackendException(e.getMessage());
    }
  }

  /** Whether it computes on the host's own processor. */
  public boolean onHost() {
    String asked = kernels == null ? System.getProperty(KernelSelector.PROPERTY) : kernels;
    return device == null && (asked == null || !asked.strip().equals("opencl"));
  }

  /**
   * Loads a run to be served, on the host.
   *
   * @param share of these threads, for one request
   * @throws BackendException if a backend was asked for that does not serve here
   */
  public Ranker ranker(Path run, int share) {
    if (device != null) {
      throw new BackendException("--device: runs are served on the host, which has none");
    }
    try {
      return Ranker.builder(run).kernels(kernels).threads(share).build();
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new BackendException(e.getMessage());
    }
  }

  /** How many threads are meant. */
  public int threads() {
    if (threads != null && threads < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads: expected at least 1, found " + threads);
    }
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
