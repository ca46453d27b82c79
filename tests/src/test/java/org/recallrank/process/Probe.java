package org.recallrank.process;

import java.util.Arrays;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;

/** A main class for child JVMs: says how it was started, and does what the arguments ask. */
public final class Probe {
  private Probe() {}

  public static void main(String[] arguments) throws InterruptedException {
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "backend" -> backend();
      case "sleep" -> {
        System.out.println("asleep");
        Thread.sleep(60_000);
      }
      case "fail" -> {
        System.err.println("first line");
        System.err.print("no newline at the end");
        System.exit(7);
      }
      default -> {
        System.out.println("arguments=" + Arrays.toString(arguments));
        System.out.println("folder=" + System.getProperty("user.dir"));
        System.out.println("incubator=" + hasVectorApi());
        System.out.println("probe.flag=" + System.getProperty("probe.flag"));
        System.out.println("preload=" + System.getenv("LD_PRELOAD"));
      }
    }
  }

  static boolean hasVectorApi() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /** Prints the chosen backend and one product, 2 * 3 + 5 * 7, that it computed. */
  private static void backend() {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = new KernelSelector().select(null, workers).kernels();
      float[] c = new float[1];
      Matrix row = Matrix.of(new float[] {2, 5}, 1, 2);
      Matrix column = Matrix.of(new float[] {3, 7}, 2, 1);
      kernels.matMul().gemm(row, column, Matrix.of(c, 1, 1));
      System.out.println(kernels.name() + " " + c[0] + " incubator=" + hasVectorApi());
    }
  }
}
