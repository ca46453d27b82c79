package org.recallrank.cli.commands;

import java.nio.file.Path;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.io.DataException;
import org.recallrank.training.TrainingJob;
import org.recallrank.training.train.EpochReport;

/** Runs a training job so that Ctrl-C leaves the best model so far, or nothing. */
final class InterruptibleTraining {
  private InterruptibleTraining() {}

  static TrainingJob.Outcome run(
      TrainingJob job, Kernels kernels, Path out, boolean replace, Progress progress) {
    Thread onInterrupt = new Thread(() -> stop(job, out, progress));
    Runtime.getRuntime().addShutdownHook(onInterrupt);
    try {
      return job.listener(progress).run(kernels, out, replace);
    } finally {
      progress.close();
      removeHook(onInterrupt);
    }
  }

  private static void stop(TrainingJob job, Path out, Progress progress) {
    EpochReport best;
    try {
      best = job.stop();
    } catch (DataException e) {
      System.err.println("recallrank: " + e.getMessage());
      return;
    }
    progress.close();
    System.err.println(
        best == null
            ? "interrupted before the first evaluation; no model was saved"
            : "interrupted; the best model so far (epoch " + best.epoch() + ") is in " + out);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs.
    }
  }
}
