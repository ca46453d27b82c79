package org.recallrank.kernels.scalar;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.Checks;

/**
 * The matrix product by rows: each row of C is a sum of rows of B, weighted with the elements of a
 * row of A. The inner loop runs along rows of B and C, which the JIT compiler vectorises; a
 * transposed B is therefore transposed first.
 */
final class ScalarMatMul implements MatMulKernel {
  /** Multiply-adds per chunk of rows. */
  private static final int GRAIN = 1 << 18;

  private static final int TRANSPOSE_BLOCK = 32;

  private final Workers workers;
  private final Scratch transposes = new Scratch();
  private final ScalarWeightProduct weightProduct = new ScalarWeightProduct();

  ScalarMatMul(Workers workers) {
    this.workers = workers;
  }

  @Override
  public void gemm(Matrix a, Matrix b, Matrix c, Epilogue epilogue, float alpha, float beta) {
    Checks.gemm(a, b, c, epilogue.bias());
    Matrix rowsOfB = b.transposed() ? transpose(b) : b;
    workers.forRanges(
        c.rows(),
        (int) Math.max(1, GRAIN / Math.max(1, (long) c.cols() * a.cols())),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            scaleRow(c, i, beta);
            for (int p = 0; p < a.cols(); p++) {
              addRow(alpha * a.data()[a.at(i, p)], rowsOfB, p, c, i);
            }
            finishRow(c, i, epilogue);
          }
        });
  }

  private static void scaleRow(Matrix c, int row, float beta) {
    float[] data = c.data();
    int at = c.at(row, 0);
    for (int j = 0; j < c.cols(); j++) {
      data[at + j] = beta == 0 ? 0 : beta * data[at + j];
    }
  }

  /** Row i of C += s * row p of B. */
  private static void addRow(float s, Matrix b, int p, Matrix c, int i) {
    float[] from = b.data();
    float[] to = c.data();
    int bAt = b.at(p, 0);
    int cAt = c.at(i, 0);
    int n = c.cols();
    for (int j = 0; j < n; j++) {
      to[cAt + j] += s * from[bAt + j];
    }
  }

  private static void finishRow(Matrix c, int row, Epilogue epilogue) {
    float[] data = c.data();
    int at = c.at(row, 0);
    Vec bias = epilogue.bias();
    if (bias != null) {
      for (int j = 0; j < c.cols(); j++) {
        data[at + j] += bias.get(j);
      }
    }
    if (epilogue.activation() == Activation.RELU) {
      for (int j = 0; j < c.cols(); j++) {
        data[at + j] = data[at + j] <= 0 ? 0 : data[at + j];
      }
    }
  }

  @Override
  public Packed pack(Matrix b, Vec bias) {
    Checks.pack(b, bias);
    return new ScalarWeights(b, bias);
  }

  @Override
  public void gemm(Matrix a, Packed b, Activation activation, Matrix c) {
    Checks.packedGemm(a, b, c);
    if (!(b instanceof ScalarWeights weights)) {
      throw Checks.packedElsewhere("scalar", b);
    }
    weightProduct.multiply(a, weights, activation, c);
  }

  @Override
  public void batched(Matrices a, Matrices b, Matrices c, float alpha, boolean accumulate) {
    Checks.batched(a, b, c);
    Matrix first = c.first();
    int k = a.first().cols();
    workers.forRanges(
        c.count(),
        (int) Math.max(1, GRAIN / Math.max(1, (long) first.size() * k)),
        (from, to) -> {
          for (int q = from; q < to; q++) {
            for (int i = 0; i < first.rows(); i++) {
              for (int j = 0; j < first.cols(); j++) {
                int at = first.at(i, j) + q * c.step();
                float v = (float) (alpha * dot(a, b, q, i, j));
                first.data()[at] = accumulate ? first.data()[at] + v : v;
              }
            }
          }
        });
  }

  /** Row i of A_q times column j of B_q. */
  private static double dot(Matrices as, Matrices bs, int q, int i, int j) {
    Matrix a = as.first();
    Matrix b = bs.first();
    int ai = a.at(i, 0) + q * as.step();
    int bj = b.at(0, j) + q * bs.step();
    double sum = 0;
    for (int p = 0; p < a.cols(); p++) {
      sum += (double) a.data()[ai + p * a.columnStep()] * b.data()[bj + p * b.rowStep()];
    }
    return sum;
  }

  /** A transposed B, row by row in this thread's work array. */
  private Matrix transpose(Matrix b) {
    int n = b.cols();
    float[] out = transposes.floats(Math.multiplyExact(b.rows(), n));
    for (int j0 = 0; j0 < n; j0 += TRANSPOSE_BLOCK) {
      int j1 = Math.min(n, j0 + TRANSPOSE_BLOCK);
      for (int p = 0; p < b.rows(); p++) {
        for (int j = j0; j < j1; j++) {
          out[p * n + j] = b.data()[b.at(p, j)];
        }
      }
    }
    return Matrix.of(out, b.rows(), n);
  }
}
