package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.LayerNormKernel;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;

/**
 * What the backends share of {@link LayerNormKernel}: checks, chunks of rows, and the sums over the
 * rows, added in chunk order. A backend supplies the loops over a block of rows.
 */
public abstract class LayerNormBase implements LayerNormKernel {
  private static final int GRAIN = 1 << 14;

  private final Workers workers;
  private final Scratch scratch = new Scratch();

  protected LayerNormBase(Workers workers) {
    this.workers = workers;
  }

  /** The arguments of a forward pass. */
  protected record Forward(
      float[] x,
      int xOffset,
      float[] residual,
      int residualOffset,
      int cols,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float epsilon,
      boolean relu,
      float[] normal,
      float[] invStd,
      float[] y,
      int yOffset) {}

  /** The arguments of a backward pass. */
  protected record Backward(
      float[] normal,
      float[] invStd,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int cols,
      float[] gamma,
      int gammaOffset,
      boolean relu,
      float[] dx,
      int dxOffset,
      boolean accumulate) {}

  private static int rowGrain(int cols) {
    return Math.max(1, GRAIN / Math.max(1, cols));
  }

  @Override
  public final void forward(
      float[] x,
      int xOffset,
      float[] residual,
      int residualOffset,
      int rows,
      int cols,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float epsilon,
      boolean relu,
      float[] normal,
      float[] invStd,
      float[] y,
      int yOffset) {
    String op = "layerNorm.forward";
    Checks.matrix(op, "x", x.length, xOffset, rows, cols, cols);
    if (residual != null) {
      Checks.matrix(op, "residual", residual.length, residualOffset, rows, cols, cols);
    }
    Checks.range(op, "gamma", gamma.length, gammaOffset, cols);
    Checks.range(op, "beta", beta.length, betaOffset, cols);
    Checks.matrix(op, "normal", normal.length, 0, rows, cols, cols);
    Checks.range(op, "invStd", invStd.length, 0, rows);
    Checks.matrix(op, "y", y.length, yOffset, rows, cols, cols);
    Forward f =
        new Forward(
            x,
            xOffset,
            residual,
            residualOffset,
            cols,
            gamma,
            gammaOffset,
            beta,
            betaOffset,
            epsilon,
            relu,
            normal,
            invStd,
            y,
            yOffset);
    workers.forRanges(rows, rowGrain(cols), (from, to) -> forwardRows(f, from, to));
  }

  @Override
  public final void backward(
      float[] normal,
      float[] invStd,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      int rows,
      int cols,
      float[] gamma,
      int gammaOffset,
      boolean relu,
      float[] dx,
      int dxOffset,
      boolean accumulate,
      float[] dGamma,
      int dGammaOffset,
      float[] dBeta,
      int dBetaOffset) {
    String op = "layerNorm.backward";
    Checks.matrix(op, "normal", normal.length, 0, rows, cols, cols);
    Checks.range(op, "invStd", invStd.length, 0, rows);
    if (relu) {
      Checks.matrix(op, "y", y.length, yOffset, rows, cols, cols);
    }
    Checks.matrix(op, "dy", dy.length, dyOffset, rows, cols, cols);
    Checks.range(op, "gamma", gamma.length, gammaOffset, cols);
    if (dx != null) {
      Checks.matrix(op, "dx", dx.length, dxOffset, rows, cols, cols);
    }
    Checks.range(op, "dGamma", dGamma.length, dGammaOffset, cols);
    Checks.range(op, "dBeta", dBeta.length, dBetaOffset, cols);
    Backward b =
        new Backward(
            normal,
            invStd,
            y,
            yOffset,
            dy,
            dyOffset,
            cols,
            gamma,
            gammaOffset,
            relu,
            dx,
            dxOffset,
            accumulate);
    int grain = rowGrain(cols);
    int chunks = Workers.chunks(rows, grain);
    // Per chunk: cols sums of g * normal, then cols sums of g.
    float[] sums = scratch.floats(chunks * 2 * cols);
    Arrays.fill(sums, 0, chunks * 2 * cols, 0);
    workers.forRanges(
        rows, grain, (from, to) -> backwardRows(b, from, to, sums, from / grain * 2 * cols));
    for (int j = 0; j < cols; j++) {
      double gammaSum = 0;
      double betaSum = 0;
      for (int c = 0; c < chunks; c++) {
        gammaSum += sums[c * 2 * cols + j];
        betaSum += sums[c * 2 * cols + cols + j];
      }
      dGamma[dGammaOffset + j] += (float) gammaSum;
      dBeta[dBetaOffset + j] += (float) betaSum;
    }
  }

  // The loops: rows from (inclusive) to to (exclusive).

  protected abstract void forwardRows(Forward f, int from, int to);

  /**
   * dx, and each column's sums of g * normal added to sums[at + j], of g to sums[at + cols + j].
   */
  protected abstract void backwardRows(Backward b, int from, int to, float[] sums, int at);
}
