package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.LayerNormBase;

/** The equations of {@link org.recallrank.kernels.LayerNormKernel}, row by row, in double. */
public class ScalarLayerNorm extends LayerNormBase {
  public ScalarLayerNorm(Workers workers) {
    super(workers);
  }

  @Override
  protected void forwardRows(Pass pass, int from, int to) {
    int cols = pass.x().cols();
    Matrix normals = pass.normal().values();
    Vec gamma = pass.affine().gamma();
    Vec beta = pass.affine().beta();
    Matrix y = pass.y();
    for (int i = from; i < to; i++) {
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += value(pass, i, j);
      }
      double mean = sum / cols;
      double squares = 0;
      for (int j = 0; j < cols; j++) {
        double deviation = value(pass, i, j) - mean;
        squares += deviation * deviation;
      }
      double invStd = 1 / Math.sqrt(squares / cols + pass.epsilon());
      pass.normal().invStd().set(i, (float) invStd);
      for (int j = 0; j < cols; j++) {
        float normal = (float) ((value(pass, i, j) - mean) * invStd);
        normals.data()[normals.at(i, j)] = normal;
        float v = gamma.get(j) * normal + beta.get(j);
        y.data()[y.at(i, j)] = pass.relu() && v <= 0 ? 0 : v;
      }
    }
  }

  /** s. */
  private static double value(Pass pass, int i, int j) {
    float x = pass.x().data()[pass.x().at(i, j)];
    Matrix residual = pass.residual();
    return residual == null ? x : (double) x + residual.data()[residual.at(i, j)];
  }

  @Override
  protected void backwardRows(
      Pass pass, Matrix dy, Gradients gradients, int from, int to, float[] sums, int at) {
    int cols = dy.cols();
    Matrix normals = pass.normal().values();
    Vec gamma = pass.affine().gamma();
    Matrix dx = gradients.dx();
    for (int i = from; i < to; i++) {
      double sum = 0;
      double dot = 0;
      for (int j = 0; j < cols; j++) {
        float g = gradient(pass, dy, i, j);
        float normal = normals.data()[normals.at(i, j)];
        double scaled = (double) g * gamma.get(j);
        sum += scaled;
        dot += scaled * normal;
        sums[at + j] += g * normal;
        sums[at + cols + j] += g;
      }
      float invStd = pass.normal().invStd().get(i);
      for (int j = 0; dx != null && j < cols; j++) {
        double scaled = (double) gradient(pass, dy, i, j) * gamma.get(j);
        float normal = normals.data()[normals.at(i, j)];
        float d = (float) (invStd * (scaled - (sum + normal * dot) / cols));
        int xi = dx.at(i, j);
        dx.data()[xi] = gradients.accumulate() ? dx.data()[xi] + d : d;
      }
    }
  }

  /** g. */
  private static float gradient(Pass pass, Matrix dy, int i, int j) {
    boolean closed = pass.relu() && !(pass.y().data()[pass.y().at(i, j)] > 0);
    return closed ? 0 : dy.data()[dy.at(i, j)];
  }
}
