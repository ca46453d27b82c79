package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.autograd.GradientCheck.values;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Tape;
import org.recallrank.tensor.Tensor;

class MultiplyAddTest {
  private static final int N = 12;

  private final Tensor a = values(131, 3, 4);
  private final Tensor x = values(132, 3, 4);
  private final Tensor z = values(133, 3, 4);

  private static double[] expected(Tensor a, Tensor x, Tensor z) {
    double[] y = new double[N];
    for (int i = 0; i < N; i++) {
      y[i] = (a == null ? 0 : a.get(i)) + (double) x.get(i) * z.get(i);
    }
    return y;
  }

  @Test
  void multipliesAndAdds() {
    GradientCheck.of(a, x, z).run(expected(a, x, z), in -> MultiplyAdd.apply(in[0], in[1], in[2]));
  }

  @Test
  void multiplies() {
    GradientCheck.of(x, z).run(expected(null, x, z), in -> MultiplyAdd.apply(null, in[0], in[1]));
  }

  @Test
  void oneVariableInEveryPlace() {
    GradientCheck.of(x).run(expected(x, x, x), in -> MultiplyAdd.apply(in[0], in[0], in[0]));
    GradientCheck.of(x).run(expected(null, x, x), in -> MultiplyAdd.apply(null, in[0], in[0]));
  }

  @Test
  void sizesThatDifferAreErrors() {
    Tape tape = new Tape(HostBackends.scalar());
    var in = tape.constant(x);
    var larger = tape.constant(Tensor.zeros(3, 5));
    assertThatThrownBy(() -> MultiplyAdd.apply(null, in, larger))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 5]");
    assertThatThrownBy(() -> MultiplyAdd.apply(larger, in, in))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 5]");
  }
}
