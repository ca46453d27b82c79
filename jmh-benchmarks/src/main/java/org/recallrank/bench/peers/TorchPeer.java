package org.recallrank.bench.peers;

import java.util.List;
import org.recallrank.bench.cases.AdamCase;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.KernelCase;

/**
 * PyTorch in Python processes: the co-interaction as one writes it there, with autograd, and dense
 * Adam. PyTorch is not always faster with more threads, so it gets its better figure of one thread
 * and as many as ours.
 */
public final class TorchPeer implements Peer {
  private static final String NAME = "PyTorch";
  private static final long TRIAL_NANOSECONDS = 500_000_000;

  private final Python python;
  private final String version;

  private TorchPeer(Python python, String version) {
    this.python = python;
    this.version = version;
  }

  /** Looks for PyTorch. */
  public static Peer find(Python python) {
    Python.Probe probe = python.probe("torch", "python3-torch");
    return probe.version() == null
        ? new MissingTorch(probe.problem())
        : new TorchPeer(python, probe.version());
  }

  private static boolean known(KernelCase operation) {
    return operation instanceof CoInteractionCase
        || (operation instanceof AdamCase adam && adam.tables == AdamCase.Tables.DENSE);
  }

  private record MissingTorch(String missing) implements Peer {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public boolean knows(KernelCase operation) {
      return known(operation);
    }

    @Override
    public Contender enter(KernelCase operation, int threads) {
      throw new IllegalStateException(missing);
    }
  }

  @Override
  public String name() {
    return NAME + " " + version;
  }

  @Override
  public String missing() {
    return null;
  }

  @Override
  public boolean knows(KernelCase operation) {
    return known(operation);
  }

  @Override
  public Contender enter(KernelCase operation, int threads) {
    Contender one = start(operation, 1);
    if (threads == 1) {
      return one;
    }
    Contender several = null;
    try {
      // Times only: the winner starts afresh, as a check wants its first run.
      several = start(operation, threads);
      one.seconds(TRIAL_NANOSECONDS);
      several.seconds(TRIAL_NANOSECONDS);
      double alone = one.seconds(TRIAL_NANOSECONDS);
      double together = several.seconds(TRIAL_NANOSECONDS);
      return start(operation, alone < together ? 1 : threads);
    } finally {
      one.close();
      if (several != null) {
        several.close();
      }
    }
  }

  private Contender start(KernelCase operation, int threads) {
    return operation instanceof AdamCase adam
        ? new Adam(adam, threads)
        : new CoInteraction((CoInteractionCase) operation, threads);
  }

  private final class CoInteraction extends PythonContender {
    private final CoInteractionCase co;
    private final boolean backward;

    CoInteraction(CoInteractionCase co, int threads) {
      this.co = co;
      backward = co.pass == CoInteractionCase.Pass.FORWARD_BACKWARD;
      write("hu", co.hu);
      write("hi", co.hi);
      write("eu", co.eu);
      write("ei", co.ei);
      write("userIndex", co.userIndex);
      write("itemIndex", co.itemIndex);
      write("dEnriched", co.dEnriched);
      start(
          python,
          "torch_co_interaction.py",
          threads,
          List.of(
              "" + co.sizes.batch(),
              "" + co.sizes.kl(),
              "" + co.sizes.kr(),
              "" + co.sizes.h(),
              backward ? "1" : "0"));
    }

    @Override
    void read() {
      read("wu", co.wu);
      read("wi", co.wi);
      read("enriched", co.enriched);
      if (backward) {
        read("m", co.m);
        read("dhu", co.dhu);
        read("dhi", co.dhi);
        read("deu", co.deu);
        read("dei", co.dei);
      }
    }
  }

  /** With the whole gradient given, as PyTorch's embedding makes it: most of it zeros. */
  private final class Adam extends PythonContender {
    private final AdamCase adam;

    Adam(AdamCase adam, int threads) {
      this.adam = adam;
      var step = AdamCase.STEP;
      write("w", adam.w);
      write("m", adam.m);
      write("v", adam.v);
      write("g", scaledGradient());
      double correction = step.rootOfCorrection() * step.rootOfCorrection();
      double t = Math.log(1 - correction) / Math.log(step.beta2());
      start(
          python,
          "torch_adam.py",
          threads,
          List.of(
              "" + adam.dim,
              "" + step.stepSize() * (1 - Math.pow(step.beta1(), t)),
              "" + step.beta1(),
              "" + step.beta2(),
              "" + step.epsilon(),
              "" + (double) step.gradientScale() * step.lambda(),
              "" + (t - 1)));
    }

    private float[] scaledGradient() {
      float[] gradient = new float[adam.w.length];
      for (int s = 0; s < adam.touched.length; s++) {
        for (int j = 0; j < adam.dim; j++) {
          gradient[adam.touched[s] * adam.dim + j] =
              AdamCase.STEP.gradientScale() * adam.g[s * adam.dim + j];
        }
      }
      return gradient;
    }

    @Override
    void read() {
      read("w", adam.w);
      read("m", adam.m);
      read("v", adam.v);
      adam.sumSquares();
    }
  }
}
