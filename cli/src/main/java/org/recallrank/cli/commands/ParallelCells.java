package org.recallrank.cli.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.recallrank.cli.experiment.CellRunner;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.SettingsException;
import picocli.CommandLine.Option;

/** How many cells are trained at once. */
final class ParallelCells {
  @Option(
      names = "--parallel",
      defaultValue = "1",
      paramLabel = "N",
      description = {
        "cells trained at once, each on its share of the threads and with memory of its own;",
        "results are the same (default: ${DEFAULT-VALUE})"
      })
  private int parallel;

  /**
   * @param timed what measures time and therefore has the machine for itself, or null
   */
  void check(String timed) {
    if (parallel < 1 || (timed != null && parallel > 1)) {
      throw new SettingsException(
          "--parallel: expected "
              + (timed == null ? "at least 1" : "1, as " + timed + " measures time")
              + ", found "
              + parallel);
    }
  }

  boolean oneAtATime() {
    return parallel == 1;
  }

  /** Trains what is left, the threads divided among the cells under way. */
  void run(CellLoop loop, ComputeOptions compute, Function<Kernels, CellRunner> runner) {
    List<ComputeOptions.Compute> shares = new ArrayList<>();
    try {
      List<CellRunner> runners = new ArrayList<>();
      for (int i = 0; i < parallel; i++) {
        ComputeOptions.Compute share = compute.open(parallel);
        shares.add(share);
        runners.add(runner.apply(share.kernels()));
      }
      loop.run(runners);
    } finally {
      shares.forEach(ComputeOptions.Compute::close);
    }
  }
}
