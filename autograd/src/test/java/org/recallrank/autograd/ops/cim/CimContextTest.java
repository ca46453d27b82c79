package org.recallrank.autograd.ops.cim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.cim.CimListsTest.Sample;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class CimContextTest {
  private static final int ENTITIES = 4;
  private static final int WIDTH = 4;
  private static final float EPSILON = 0.25f;

  private final CimLists lists = Sample.LISTS;
  private final Tensor[] in = {
    scaled(0.5f, 301, ENTITIES, WIDTH),
    scaled(0.5f, 302, ENTITIES, WIDTH),
    scaled(2, 303, ENTITIES, WIDTH),
    scaled(0.5f, 304, ENTITIES, WIDTH),
    scaled(0.25f, 305, lists.rows(), lists.length()),
    scaled(0.25f, 306, lists.rows(), WIDTH),
    open(307),
    open(308)
  };

  /** Scores that leave the softmax where it still bends. */
  private static Tensor scaled(float by, long seed, int rows, int cols) {
    Tensor tensor = values(seed, rows, cols);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.set(i, tensor.get(i) * by);
    }
    return tensor;
  }

  /** A layer whose units are open or closed by their bias, far from the kink. */
  private static Tensor open(long seed) {
    Tensor a = scaled(0.0625f, seed, WIDTH, WIDTH + 1);
    for (int unit = 0; unit < WIDTH; unit++) {
      a.set(unit * (WIDTH + 1) + WIDTH, unit == 1 ? -1 : 1);
    }
    return a;
  }

  /** The definition, row by row, and how far the nearest unit is from its kink. */
  private static double[] expected(
      Tensor[] in, CimLists lists, int heads, double scale, double epsilon, double[] gap) {
    int width = in[0].cols();
    int length = lists.length();
    double[] y = new double[lists.rows() * width];
    for (int row = 0; row < lists.rows(); row++) {
      double[][] keys = new double[length][];
      double[][] values = new double[length][];
      for (int i = 0; i < length; i++) {
        int at = Sample.entity(lists, row, i) * width;
        double[] x = new double[width];
        for (int col = 0; col < width; col++) {
          x[col] = in[3].get(at + col);
        }
        for (int h = 0; h < heads; h++) {
          double[] e = new double[length];
          for (int j = 0; j < length; j++) {
            int key = Sample.entity(lists, row, j) * width;
            for (int col = h * width / heads; col < (h + 1) * width / heads; col++) {
              e[j] += scale * in[0].get(at + col) * in[1].get(key + col);
            }
          }
          double sum = softmax(e);
          for (int j = 0; j < length; j++) {
            int value = Sample.entity(lists, row, j) * width;
            double weight = e[j] / sum * in[4].get(row * length + j);
            for (int col = h * width / heads; col < (h + 1) * width / heads; col++) {
              x[col] += weight * in[2].get(value + col);
            }
          }
        }
        normalise(x, epsilon);
        keys[i] = layer(in[6], x, gap);
        values[i] = layer(in[7], x, gap);
      }
      for (int h = 0; h < heads; h++) {
        double[] e = new double[length];
        for (int i = 0; i < length; i++) {
          for (int col = h * width / heads; col < (h + 1) * width / heads; col++) {
            e[i] += scale * in[5].get(row * width + col) * keys[i][col];
          }
        }
        double sum = softmax(e);
        for (int i = 0; i < length; i++) {
          for (int col = h * width / heads; col < (h + 1) * width / heads; col++) {
            y[row * width + col] += e[i] / sum * in[4].get(row * length + i) * values[i][col];
          }
        }
      }
    }
    return y;
  }

  private static double softmax(double[] e) {
    double sum = 0;
    for (int j = 0; j < e.length; j++) {
      e[j] = Math.exp(e[j]);
      sum += e[j];
    }
    return sum;
  }

  private static void normalise(double[] x, double epsilon) {
    double mean = 0;
    double variance = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - mean) / Math.sqrt(variance + epsilon);
    }
  }

  private static double[] layer(Tensor a, double[] n, double[] gap) {
    double[] units = new double[n.length];
    for (int unit = 0; unit < n.length; unit++) {
      units[unit] = a.get(unit * (n.length + 1) + n.length);
      for (int col = 0; col < n.length; col++) {
        units[unit] += a.get(unit * (n.length + 1) + col) * n[col];
      }
      gap[0] = Math.min(gap[0], Math.abs(units[unit]));
      units[unit] = Math.max(0, units[unit]);
    }
    return units;
  }

  private static Variable apply(
      Variable[] in, CimLists lists, int heads, float scale, float epsilon) {
    return CimContext.apply(
        new CimContext.Inputs(in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7]),
        lists,
        heads,
        scale,
        epsilon);
  }

  @Test
  void attendsTwice() {
    for (int heads : new int[] {1, 2, 4}) {
      double[] gap = {1};
      double[] expected = expected(in, lists, heads, 0.5, EPSILON, gap);
      assertThat(gap[0]).as("distance from a kink").isGreaterThan(0.2);
      GradientCheck.of(in).run(expected, v -> apply(v, lists, heads, 0.5f, EPSILON));
    }
  }

  /** More lists than chunks, lists longer than a vector, and a width that is none. */
  @Test
  void manyLists() {
    int length = 19;
    int width = 6;
    int count = 150;
    Rng rng = new Rng(2);
    int[] members = new int[count * length];
    for (int i = 0; i < members.length; i++) {
      members[i] = rng.nextInt(40);
    }
    int[] firstRow = new int[count + 1];
    int[] listOfRow = new int[2 * count];
    for (int row = 0; row < listOfRow.length; row++) {
      listOfRow[row] = row / 2;
      firstRow[row / 2 + 1] = row + 1;
    }
    CimLists many = new CimLists(count, length, members, firstRow, listOfRow);
    Tensor[] big = {
      scaled(0.25f, 1, 40, width),
      scaled(0.25f, 2, 40, width),
      values(3, 40, width),
      values(4, 40, width),
      values(5, listOfRow.length, length),
      scaled(0.25f, 6, listOfRow.length, width),
      values(7, width, width + 1),
      values(8, width, width + 1)
    };
    double[] expected = expected(big, many, 2, 0.5, EPSILON, new double[1]);
    float[][] scalar = null;
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      tape.startTraining(new Rng(1));
      Parameter[] parameters = new Parameter[big.length];
      Variable[] variables = new Variable[big.length];
      for (int i = 0; i < big.length; i++) {
        parameters[i] = Parameter.dense("p" + i, Parameter.Group.NETWORK, big[i]);
        variables[i] = tape.parameter(parameters[i]);
      }
      Variable y = apply(variables, many, 2, 0.5f, EPSILON);
      GradientCheck.assertClose(kernels.name(), expected, y.value());
      tape.backward(RowSum.apply(y.reshape(1, y.value().size())));
      float[][] found = new float[big.length][];
      for (int i = 0; i < big.length; i++) {
        found[i] = parameters[i].gradient().toArray();
      }
      scalar = scalar == null ? found : scalar;
      for (int i = 0; i < big.length; i++) {
        float most = 1;
        for (float value : scalar[i]) {
          most = Math.max(most, Math.abs(value));
        }
        for (int j = 0; j < found[i].length; j++) {
          assertThat((double) Math.abs(found[i][j] - scalar[i][j]))
              .as("%s, gradient %d[%d]: scalar %s", kernels.name(), i, j, scalar[i][j])
              .isLessThanOrEqualTo(1e-4 * most);
        }
      }
    }
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable[] v = new Variable[in.length];
    for (int i = 0; i < in.length; i++) {
      v[i] = tape.constant(in[i]);
    }
    assertThatThrownBy(() -> apply(v, lists, 3, 1, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a multiple of 3 heads");
    v[4] = tape.constant(in[5]);
    assertThatThrownBy(() -> apply(v, lists, 2, 1, EPSILON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("w needs 12 elements");
  }
}
