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

class CimScoresTest {
  private static final int ENTITIES = 4;
  private static final int H1 = 4;
  private static final int H2 = 3;

  private final CimLists lists = Sample.LISTS;
  private final Tensor ofRows = values(271, lists.rows(), H1);
  private final Tensor ofEntities = values(272, ENTITIES, H1);
  private final Tensor w2 = values(273, H2, H1);
  private final Tensor b2 = values(274, H2);
  private final Tensor w3 = values(275, 1, H2);
  private final Tensor b3 = values(276, 1);

  /** Some units always open, some closed, one of each layer by turns: no step meets a kink. */
  CimScoresTest() {
    for (int row = 0; row < lists.rows(); row++) {
      ofRows.set(row * H1, ofRows.get(row * H1) + 5);
      ofRows.set(row * H1 + 1, ofRows.get(row * H1 + 1) - 5);
      ofRows.set(row * H1 + 2, row % 2 == 0 ? 5 : -5);
      ofRows.set(row * H1 + 3, ofRows.get(row * H1 + 3) + 5);
    }
    for (int k = 0; k < H2; k++) {
      for (int j = 0; j < H1; j++) {
        w2.set(k * H1 + j, w2.get(k * H1 + j) / 8);
      }
    }
    w2.set(2 * H1 + 2, 4);
    b2.copyFrom(new float[] {6, -6, -8});
  }

  private static Variable apply(Variable[] in, CimLists lists) {
    return CimScores.apply(new CimScores.Inputs(in[0], in[1], in[2], in[3], in[4], in[5]), lists);
  }

  /** The definition, and how far the nearest unit is from its kink. */
  private static double[] expected(
      CimLists lists,
      Tensor a,
      Tensor c,
      Tensor w2,
      Tensor b2,
      Tensor w3,
      Tensor b3,
      double[] gap) {
    int h1 = a.cols();
    int h2 = b2.size();
    double[] s = new double[lists.rows() * lists.length()];
    for (int pair = 0; pair < s.length; pair++) {
      int row = pair / lists.length();
      int entity = Sample.entity(lists, row, pair % lists.length());
      s[pair] = b3.get(0);
      for (int k = 0; k < h2; k++) {
        double unit = b2.get(k);
        for (int j = 0; j < h1; j++) {
          double first = (double) a.get(row * h1 + j) + c.get(entity * h1 + j);
          gap[0] = Math.min(gap[0], Math.abs(first));
          unit += w2.get(k * h1 + j) * Math.max(0, first);
        }
        gap[1] = Math.min(gap[1], Math.abs(unit));
        s[pair] += w3.get(k) * Math.max(0, unit);
      }
    }
    return s;
  }

  @Test
  void anMlpOverEachPair() {
    double[] gap = {1, 1};
    double[] expected = expected(lists, ofRows, ofEntities, w2, b2, w3, b3, gap);
    assertThat(gap[0]).as("distance from a kink, first layer").isGreaterThan(0.2);
    assertThat(gap[1]).as("distance from a kink, second layer").isGreaterThan(0.5);
    GradientCheck.of(ofRows, ofEntities, w2, b2, w3, b3).run(expected, in -> apply(in, lists));
  }

  /** More pairs than a block holds, more units than a word has bits. */
  @Test
  void manyBlocksAndWords() {
    int rows = 700;
    int length = 30;
    int h2 = 40;
    Rng rng = new Rng(1);
    int[] members = new int[10 * length];
    for (int i = 0; i < members.length; i++) {
      members[i] = rng.nextInt(50);
    }
    int[] firstRow = new int[11];
    int[] listOfRow = new int[rows];
    for (int row = 0; row < rows; row++) {
      listOfRow[row] = row / 70;
      firstRow[row / 70 + 1] = row + 1;
    }
    CimLists many = new CimLists(10, length, members, firstRow, listOfRow);
    Tensor[] in = {
      values(1, rows, H1),
      values(2, 50, H1),
      values(3, h2, H1),
      values(4, h2),
      values(5, h2),
      values(6, 1)
    };
    double[] expected = expected(many, in[0], in[1], in[2], in[3], in[4], in[5], new double[2]);
    float[][] scalar = null;
    for (Kernels kernels : HostBackends.all()) {
      Tape tape = new Tape(kernels);
      tape.startTraining(new Rng(1));
      Parameter[] parameters = new Parameter[in.length];
      Variable[] variables = new Variable[in.length];
      for (int i = 0; i < in.length; i++) {
        parameters[i] = Parameter.dense("p" + i, Parameter.Group.NETWORK, in[i]);
        variables[i] = tape.parameter(parameters[i]);
      }
      Variable s = apply(variables, many);
      GradientCheck.assertClose(kernels.name(), expected, s.value());
      tape.backward(RowSum.apply(s.reshape(1, rows * length)));
      float[][] found = new float[in.length][];
      for (int i = 0; i < in.length; i++) {
        found[i] = parameters[i].gradient().toArray();
      }
      assertLinearIn(found, in, expected);
      scalar = scalar == null ? found : scalar;
      for (int i = 0; i < in.length; i++) {
        for (int j = 0; j < found[i].length; j++) {
          float want = scalar[i][j];
          assertThat((double) Math.abs(found[i][j] - want))
              .as("%s, gradient %d[%d]: scalar %s", kernels.name(), i, j, want)
              .isLessThanOrEqualTo(1e-4 * Math.max(1, Math.abs(want)));
        }
      }
    }
  }

  /** The sum of s is linear in (w3, b3): its derivative along them is itself. */
  private static void assertLinearIn(float[][] gradients, Tensor[] in, double[] s) {
    double sum = 0;
    for (double value : s) {
      sum += value;
    }
    double along = (double) gradients[5][0] * in[5].get(0);
    for (int k = 0; k < gradients[4].length; k++) {
      along += (double) gradients[4][k] * in[4].get(k);
    }
    assertThat(Math.abs(along - sum)).isLessThanOrEqualTo(1e-4 * Math.abs(sum));
  }

  @Test
  void sizesThatDoNotFitAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    Variable[] in = {
      tape.constant(ofRows),
      tape.constant(ofEntities),
      tape.constant(Tensor.zeros(H2, H1 + 1)),
      tape.constant(b2),
      tape.constant(w3),
      tape.constant(b3)
    };
    assertThatThrownBy(() -> apply(in, lists))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 5]");
    in[2] = tape.constant(w2);
    in[3] = tape.constant(Tensor.zeros(H2 + 1));
    assertThatThrownBy(() -> apply(in, lists))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("b2 needs 3 elements");
  }
}
