package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.recallrank.autograd.GradientCheck.table;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;
import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class EmbeddingLookupTest {
  private static final int ROWS = 4;
  private static final int DIM = 3;
  private static final int LENGTH = 3;

  private static final int[] IDS = {4, 1, 0, 4}; // one repeated, one padding
  private static final int[] SEQUENCES = {
    1, 4, 4, // one repeated within
    2, 0, 0, // padded
    0, 0, 0, // nothing but padding
    5, 2, 1
  };

  private final Parameter table = table(71, 6, DIM);
  private final Parameter other = table(72, 6, DIM);

  private static void addPooled(
      double[] out, int width, int column, Tensor table, int[] ids, int length, boolean mean) {
    for (int i = 0; i < ROWS; i++) {
      int count = 0;
      for (int t = 0; t < length; t++) {
        count += ids[i * length + t] == 0 ? 0 : 1;
      }
      for (int t = 0; t < length; t++) {
        for (int j = 0; j < DIM; j++) {
          out[i * width + column + j] +=
              table.get(ids[i * length + t] * DIM + j) / (mean ? Math.max(count, 1) : 1.0);
        }
      }
    }
  }

  @Test
  void rows() {
    double[] expected = new double[ROWS * DIM];
    addPooled(expected, DIM, 0, table.value(), IDS, 1, false);
    GradientCheck.of()
        .withTables(table)
        .runOnTape(
            expected,
            tape -> {
              Variable target = tape.output(true, ROWS, DIM);
              EmbeddingLookup.rows(table, IDS, target, 0, true);
              return target;
            });
  }

  @Test
  void meanOfSequences() {
    sequences(true);
  }

  @Test
  void sumOfSequences() {
    sequences(false);
  }

  private void sequences(boolean mean) {
    double[] expected = new double[ROWS * DIM];
    addPooled(expected, DIM, 0, table.value(), SEQUENCES, LENGTH, mean);
    GradientCheck.of()
        .withTables(table)
        .runOnTape(
            expected,
            tape -> {
              Variable target = tape.output(true, ROWS, DIM);
              EmbeddingLookup.sequences(table, SEQUENCES, LENGTH, mean, target, 0, true);
              return target;
            });
  }

  /** Three fields side by side, two of them on one table. */
  @Test
  void fieldsSideBySideThatShareATable() {
    int width = 3 * DIM;
    double[] expected = new double[ROWS * width];
    addPooled(expected, width, 0, table.value(), IDS, 1, false);
    addPooled(expected, width, DIM, table.value(), SEQUENCES, LENGTH, true);
    addPooled(expected, width, 2 * DIM, other.value(), IDS, 1, false);
    GradientCheck.of()
        .withTables(table, other)
        .runOnTape(
            expected,
            tape -> {
              Variable target = tape.output(true, ROWS, 3, DIM);
              EmbeddingLookup.rows(table, IDS, target, 0, true);
              EmbeddingLookup.sequences(table, SEQUENCES, LENGTH, true, target, DIM, true);
              EmbeddingLookup.rows(other, IDS, target, 2 * DIM, true);
              return target;
            });
  }

  @Test
  void paddingGetsNoGradient() {
    backward(true);
    assertThat(java.util.Arrays.copyOf(table.rowGradient().rows(), table.rowGradient().count()))
        .containsExactly(4, 1);
    assertThat(table.rowGradient().slotOfRow()[0]).isEqualTo(-1);
  }

  @Test
  void noGradientUnlessDifferentiated() {
    backward(false);
    assertThat(table.hasGradient()).isFalse();
  }

  private void backward(boolean differentiate) {
    for (Kernels kernels : HostBackends.all()) {
      table.clearGradient();
      Tape tape = new Tape(kernels);
      tape.startTraining(new Rng(1));
      Variable target = tape.output(true, ROWS, DIM);
      EmbeddingLookup.rows(table, IDS, target, 0, differentiate);
      tape.backward(RowSum.apply(target.reshape(1, ROWS * DIM)));
    }
  }
}
