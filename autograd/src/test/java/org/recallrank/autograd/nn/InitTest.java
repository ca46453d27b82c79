package org.recallrank.autograd.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class InitTest {
  private static Tensor fill(Init init, int rows, int cols) {
    Tensor tensor = Tensor.zeros(rows, cols);
    tensor.fill(Float.NaN);
    init.fill(tensor, new Rng(5));
    return tensor;
  }

  /** Mean and standard deviation within four standard errors. */
  private static void assertNormal(Tensor tensor, double std) {
    int n = tensor.size();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      sum += tensor.get(i);
      squares += (double) tensor.get(i) * tensor.get(i);
    }
    assertThat(sum / n).isCloseTo(0, within(4 * std / Math.sqrt(n)));
    assertThat(Math.sqrt(squares / n)).isCloseTo(std, within(4 * std / Math.sqrt(2.0 * n)));
  }

  @Test
  void normal() {
    assertNormal(fill(Init.normal(0.3), 200, 50), 0.3);
  }

  @Test
  void xavierNormal() {
    assertNormal(fill(Init.xavierNormal(30, 70), 70, 300), Math.sqrt(2.0 / 100));
  }

  @Test
  void uniform() {
    assertUniform(fill(Init.uniform(0.3), 200, 50), 0.3);
    assertUniform(fill(Init.xavierUniform(30, 70), 70, 300), Math.sqrt(6.0 / 100));
  }

  /** Within the bound, close to it on both sides, and with the variance bound^2 / 3. */
  private static void assertUniform(Tensor tensor, double bound) {
    double least = 0;
    double most = 0;
    double squares = 0;
    for (int i = 0; i < tensor.size(); i++) {
      least = Math.min(least, tensor.get(i));
      most = Math.max(most, tensor.get(i));
      squares += (double) tensor.get(i) * tensor.get(i);
    }
    assertThat(-least).isBetween(0.99 * bound, bound + 1e-7);
    assertThat(most).isBetween(0.99 * bound, bound + 1e-7);
    assertThat(squares / tensor.size()).isCloseTo(bound * bound / 3, within(0.03 * bound * bound));
  }

  @Test
  void embeddingsButTheirPaddingRow() {
    Tensor table = fill(Init.embedding(1e-4), 201, 50);
    assertThat(table.view(0, 50).toArray()).containsOnly(0f);
    assertNormal(table.view(50, 200, 50), 1e-4);
  }

  @Test
  void constant() {
    assertThat(fill(Init.constant(0.25f), 3, 4).toArray()).containsOnly(0.25f);
  }
}
