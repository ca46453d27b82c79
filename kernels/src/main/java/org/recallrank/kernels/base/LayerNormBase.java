package org.recallrank.kernels.base;

import java.util.Arrays;
import org.recallrank.kernels.Affine;
import org.recallrank.kernels.LayerNormKernel;
import org.recallrank.kernels.Matrix;
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

  private static int rowGrain(int cols) {
    return Math.max(1, GRAIN / Math.max(1, cols));
  }

  @Override
  public final void forward(Pass pass) {
    String op = "layerNorm.forward";
    Matrix x = pass.x();
    Checks.dense(op, "x", x);
    if (pass.residual() != null) {
      Checks.denseShape(op, "residual", pass.residual(), x.rows(), x.cols());
    }
    Checks.elements(op, "beta", pass.affine().beta(), x.cols());
    check(op, pass);
    workers.forRanges(x.rows(), rowGrain(x.cols()), (from, to) -> forwardRows(pass, from, to));
  }

  @Override
  public final void backward(Pass pass, Matrix dy, Gradients gradients) {
    String op = "layerNorm.backward";
    int rows = pass.y().rows();
    int cols = pass.y().cols();
    check(op, pass);
    Checks.denseShape(op, "dy", dy, rows, cols);
    if (gradients.dx() != null) {
      Checks.denseShape(op, "dx", gradients.dx(), rows, cols);
    }
    Affine affine = gradients.affine();
    Checks.elements(op, "dGamma", affine.gamma(), cols);
    Checks.elements(op, "dBeta", affine.beta(), cols);
    int grain = rowGrain(cols);
    int chunks = Workers.chunks(rows, grain);
    // Per chunk: cols sums of g * normal, then cols sums of g.
    float[] sums = scratch.floats(chunks * 2 * cols);
    Arrays.fill(sums, 0, chunks * 2 * cols, 0);
    workers.forRanges(
        rows,
        grain,
        (from, to) -> backwardRows(pass, dy, gradients, from, to, sums, from / grain * 2 * cols));
    for (int j = 0; j < cols; j++) {
      double gammaSum = 0;
      double betaSum = 0;
      for (int c = 0; c < chunks; c++) {
        gammaSum += sums[c * 2 * cols + j];
        betaSum += sums[c * 2 * cols + cols + j];
      }
      affine.gamma().set(j, affine.gamma().get(j) + (float) gammaSum);
      affine.beta().set(j, affine.beta().get(j) + (float) betaSum);
    }
  }

  /** What both passes use. */
  private static void check(String op, Pass pass) {
    int rows = pass.x().rows();
    int cols = pass.x().cols();
    Checks.denseShape(op, "normal", pass.normal().values(), rows, cols);
    Checks.elements(op, "invStd", pass.normal().invStd(), rows);
    Checks.elements(op, "gamma", pass.affine().gamma(), cols);
    Checks.denseShape(op, "y", pass.y(), rows, cols);
  }

  // The loops: rows from (inclusive) to to (exclusive).

  protected abstract void forwardRows(Pass pass, int from, int to);

  /**
   * dx, and each column's sums of g * normal added to sums[at + j], of g to sums[at + cols + j].
   */
  protected abstract void backwardRows(
      Pass pass, Matrix dy, Gradients gradients, int from, int to, float[] sums, int at);
}
