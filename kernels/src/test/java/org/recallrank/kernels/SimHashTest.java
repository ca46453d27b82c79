package org.recallrank.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recallrank.kernels.SimHashKernel.Form;

class SimHashTest {
  static Stream<Kernels> backends() {
    return BackendsUnderTest.all();
  }

  private static boolean bit(long[] words, int at, int j) {
    return (words[at + j / 64] >>> (j % 64) & 1) != 0;
  }

  @ParameterizedTest
  @MethodSource("backends")
  void bitsAreVotesOrSigns(Kernels kernels) {
    Random random = new Random(1);
    for (int dim : new int[] {1, 2, 10, 16, 17, 32, 63, 64, 65, 130}) {
      for (int bits : new int[] {64, 128, 256}) {
        for (boolean plusMinusOne : new boolean[] {false, true}) {
          float[] projection = BackendsUnderTest.random(random, dim * bits, 1);
          for (int i = 0; plusMinusOne && i < projection.length; i++) {
            projection[i] = projection[i] > 0 ? 1 : -1;
          }
          projection[0] = 0;
          check(kernels.simHash(), random, dim, bits, projection);
        }
      }
    }
  }

  private static void check(
      SimHashKernel kernel, Random random, int dim, int bits, float[] projection) {
    int n = 23;
    int ld = dim + 3;
    float[] x = BackendsUnderTest.random(random, 2 + n * ld, 1);
    java.util.Arrays.fill(x, 2, 2 + dim, 0); // padding: all bits 0
    x[2 + ld] = -0f;
    int words = bits / 64;
    for (Form form : Form.values()) {
      long[] out = new long[1 + n * words + 1];
      out[0] = 42;
      out[out.length - 1] = 43;
      kernel.encode(
          form,
          new Matrix(x, 2, n, dim, ld),
          Matrix.of(projection, dim, bits),
          new BitMatrix(out, 1, n, words));
      assertThat(out[0]).isEqualTo(42);
      assertThat(out[out.length - 1]).isEqualTo(43);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < bits; j++) {
          double sum = 0;
          for (int e = 0; e < dim; e++) {
            double product = (double) x[2 + i * ld + e] * projection[e * bits + j];
            sum += form == Form.PAPER_VOTE ? Math.signum(product) : product;
          }
          if (form == Form.CLASSIC_SIGN && sum != 0 && Math.abs(sum) < 1e-5) {
            continue; // too close for float to decide alike
          }
          assertThat(bit(out, 1 + i * words, j))
              .as("%s bit %d of row %d, dim %d, bits %d", form, j, i, dim, bits)
              .isEqualTo(sum > 0);
        }
      }
    }
  }

  @Test
  void allBackendsAndThreadCountsGiveTheSameSignatures() {
    Random random = new Random(2);
    int n = 3000;
    int dim = 30;
    int bits = 64;
    float[] x = BackendsUnderTest.random(random, n * dim, 1);
    x[5] = Float.NaN;
    float[] projection = BackendsUnderTest.random(random, dim * bits, 1);
    for (Form form : Form.values()) {
      long[] first = null;
      for (int threads : new int[] {1, 2, 5}) {
        for (Kernels kernels : BackendsUnderTest.withThreads(threads)) {
          long[] out = new long[n];
          kernels
              .simHash()
              .encode(
                  form,
                  Matrix.of(x, n, dim),
                  Matrix.of(projection, dim, bits),
                  BitMatrix.of(out, 1));
          if (first == null) {
            first = out;
          }
          assertThat(out).as("%s, %d threads", kernels.name(), threads).isEqualTo(first);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void saysWhatIsWrongWithTheArguments(Kernels kernels) {
    SimHashKernel kernel = kernels.simHash();
    float[] x = new float[192];
    long[] out = new long[2];
    assertThatThrownBy(
            () ->
                kernel.encode(
                    Form.PAPER_VOTE,
                    Matrix.of(x, 1, 2),
                    Matrix.of(x, 2, 63),
                    new BitMatrix(out, 0, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("simHash: x is [1, 2], projection [2, 63], out [1, 64 bits]");
    assertThatThrownBy(
            () ->
                kernel.encode(
                    Form.PAPER_VOTE,
                    Matrix.of(x, 1, 3),
                    Matrix.of(x, 3, 64).columns(0, 64).t(),
                    new BitMatrix(out, 0, 1, 1)))
        .hasMessageContaining("simHash: x is [1, 3], projection [64, 3]");
    assertThatThrownBy(
            () ->
                kernel.encode(
                    Form.PAPER_VOTE, Matrix.of(x, 3, 2), Matrix.of(x, 2, 64), BitMatrix.of(out, 1)))
        .hasMessageContaining("simHash: x is [3, 2], projection [2, 64], out [2, 64 bits]");
  }
}
