package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.SimHashKernel.Form;

/** Signatures of dense rows of normally distributed numbers. */
public final class SimHashCase implements KernelCase {
  public final Form form;
  public final int n;
  public final int dim;
  public final int bits;

  /** [n, dim]. */
  public final float[] x;

  /** [dim, bits]. */
  public final float[] projection;

  /** [n, bits / 64]. */
  public final long[] out;

  public SimHashCase(Form form, int n, int dim, int bits) {
    this.form = form;
    this.n = n;
    this.dim = dim;
    this.bits = bits;
    SplittableRandom random = new SplittableRandom(42);
    x = Oracle.normals(random, n * dim);
    projection = Oracle.normals(random, dim * bits);
    out = new long[n * (bits / 64)];
  }

  @Override
  public String name() {
    return "simhash " + form + " " + n + "x" + dim + " to " + bits + " bits";
  }

  /** A vote of signs is work on integers: no floating-point operations. */
  @Override
  public Work work() {
    double inputs = (double) n * dim + (double) dim * bits;
    double flops = form == Form.CLASSIC_SIGN ? 2.0 * n * dim * bits : 0;
    double bytes = Float.BYTES * inputs + Long.BYTES * (double) out.length;
    return new Work(n, "signatures", flops, bytes);
  }

  @Override
  public void reset() {
    Arrays.fill(out, 0x5555555555555555L);
  }

  @Override
  public Object run(Kernels kernels) {
    Matrix rows = Matrix.of(x, n, dim);
    BitMatrix words = BitMatrix.of(out, bits / 64);
    kernels.simHash().encode(form, rows, Matrix.of(projection, dim, bits), words);
    return out;
  }

  /** Votes are exact. A sum nearer to 0 than its rounding error may fall on either side. */
  @Override
  public void compare() {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < bits; j++) {
        double sum = 0;
        double magnitude = 0;
        for (int e = 0; e < dim; e++) {
          double product = (double) x[i * dim + e] * projection[e * bits + j];
          sum += form == Form.PAPER_VOTE ? Math.signum(product) : product;
          magnitude += Math.abs(product);
        }
        double undecided = form == Form.PAPER_VOTE ? 0 : (dim + 1) * Oracle.EPSILON * magnitude;
        if (form == Form.PAPER_VOTE || Math.abs(sum) > undecided) {
          long bit = out[i * (bits / 64) + j / 64] >>> (j % 64) & 1;
          Oracle.same(name(), i * bits + j, bit, sum > 0 ? 1 : 0);
        }
      }
    }
  }
}
