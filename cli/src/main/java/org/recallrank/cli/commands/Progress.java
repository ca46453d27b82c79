package org.recallrank.cli.commands;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.recallrank.training.Durations;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.TrainStep;

/**
 * Tells on standard error how a run goes: on a terminal a bar with loss, rows per second and time
 * left, elsewhere a plain line per epoch.
 */
final class Progress implements TrainListener, AutoCloseable {
  private final boolean bars;
  private final boolean quiet;
  private ProgressBar bar;
  private int barEpoch;

  Progress(boolean quiet) {
    this.quiet = quiet;
    bars = !quiet && System.console() != null && System.console().isTerminal();
  }

  @Override
  public void remark(String line) {
    say(line);
  }

  void say(String line) {
    if (!quiet) {
      System.err.println(line);
    }
  }

  @Override
  public void step(int epoch, TrainStep.Report report, long rows, long totalRows) {
    if (!bars) {
      return;
    }
    if (bar == null || barEpoch != epoch) {
      close();
      barEpoch = epoch;
      bar =
          new ProgressBarBuilder()
              .setTaskName("epoch " + epoch)
              .setInitialMax(totalRows)
              .setUnit(" rows", 1)
              .showSpeed()
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .continuousUpdate()
              .clearDisplayOnFinish()
              .build();
    }
    bar.setExtraMessage(String.format(Locale.ROOT, "loss %.4f", report.total()));
    bar.stepTo(rows);
  }

  @Override
  public void epoch(EpochReport e) {
    close();
    say(line(e));
  }

  /** One more of something whose number nobody knows. */
  void count(String what) {
    if (!bars) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(what)
              .setInitialMax(-1)
              .showSpeed()
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .clearDisplayOnFinish()
              .build();
    }
    bar.step();
  }

  /** Lines with a name before them and no bars, for runs beside each other. */
  TrainListener lines(String name) {
    return new TrainListener() {
      @Override
      public void epoch(EpochReport e) {
        say(name + ": " + line(e));
      }
    };
  }

  private static String line(EpochReport e) {
    String auxiliary =
        Double.isNaN(e.auxiliary())
            ? ""
            : String.format(
                Locale.ROOT,
                "  exposure %.4f (constant %.4f)",
                e.auxiliary(),
                e.auxiliaryBaseline());
    return String.format(
        Locale.ROOT,
        "epoch %2d  loss %.4f%s  valid AUC %.4f  gAUC %.4f  logloss %.4f  %,d rows/s  %s%s",
        e.epoch(),
        e.click(),
        auxiliary,
        e.valid().auc(),
        e.valid().gauc(),
        e.valid().logloss(),
        Math.round(e.rows() / e.seconds()),
        Durations.text(e.seconds()),
        e.best() ? "  best" : "");
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
