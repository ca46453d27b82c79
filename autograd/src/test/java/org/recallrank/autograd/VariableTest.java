package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.EmbeddingLookup;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/** Views of variables: reshaped and selected. */
class VariableTest {
  private final Tape tape = new Tape(HostBackends.scalar());
  private final Parameter p =
      Parameter.dense("p", Parameter.Group.NETWORK, GradientCheck.values(1, 3, 2, 2));

  @BeforeEach
  void startOnUsedArrays() {
    tape.startTraining(new Rng(1));
    for (int i = 0; i < 40; i++) {
      tape.allocate(16).fill(Float.NaN);
    }
    p.clearGradient();
    p.gradient().fill(Float.NaN);
    tape.startTraining(new Rng(1));
  }

  private Variable sum(Variable x) {
    return RowSum.apply(x.reshape(1, x.value().size()));
  }

  /** An intermediate variable with the value of the parameter. */
  private Variable intermediate() {
    return Scale.apply(tape.parameter(p), 1);
  }

  @Test
  void viewsShareTheValue() {
    Variable x = intermediate();
    assertThat(x.select(1).value().data()).isSameAs(x.value().data());
    assertThat(x.select(1).select(1).value().toArray())
        .containsExactly(p.value().get(6), p.value().get(7));
    assertThat(x.reshape(4, 3).shape().toArray()).containsExactly(4, 3);
    assertThat(x.select(2).reshape(4).value().toArray())
        .containsExactly(p.value().view(8, 4).toArray());
    assertThat(x.select(1).needsGradient()).isTrue();
    assertThat(tape.constant(p.value()).select(1).needsGradient()).isFalse();
  }

  @Test
  void aSelectedPartLeavesTheRestWithoutGradient() {
    for (boolean direct : new boolean[] {true, false}) {
      startOnUsedArrays();
      Variable x = direct ? tape.parameter(p) : intermediate();
      tape.backward(sum(Scale.apply(x.select(1), 2)));
      assertThat(p.gradient().toArray()).containsExactly(0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0);
    }
  }

  @Test
  void anOpMayAddToPartsOfAGradient() {
    Variable x = intermediate();
    Tensor zeros = x.gradientToAddTo();
    assertThat(zeros.toArray()).containsOnly(0f);
    zeros.set(3, 7);
    assertThat(x.gradientToAddTo().get(3)).isEqualTo(7);
  }

  @Test
  void partsAndTheWholeAddUpInAnyOrder() {
    Variable x = intermediate();
    Variable parts =
        Add.apply(
            sum(Scale.apply(x.select(0), 2)),
            Add.apply(
                sum(Scale.apply(x, 10)),
                Add.apply(
                    sum(Scale.apply(x.reshape(6, 2).select(1), 3)),
                    sum(Scale.apply(x.select(2).select(1), 5)))));
    tape.backward(parts);
    assertThat(p.gradient().toArray())
        .containsExactly(12, 12, 15, 15, 10, 10, 10, 10, 10, 10, 15, 15);
  }

  @Test
  void theOnlyEntryOfAnAxisIsTheWhole() {
    Variable x = intermediate().reshape(1, 3, 4).select(0);
    assertThat(x.shape().toArray()).containsExactly(3, 4);
    tape.backward(sum(Scale.apply(x, 4)));
    assertThat(p.gradient().toArray()).containsOnly(4f);
  }

  @Test
  void aViewHasAGradientOnlyOnceTheWholeHas() {
    Variable x = intermediate();
    Variable view = x.select(1);
    assertThat(view.hasGradient()).isFalse();
    x.startGradient();
    assertThat(view.hasGradient()).isTrue();
  }

  /** An op may write its output into a view; if nobody uses it, nothing must flow back. */
  @Test
  void anUnusedViewAsOutputPassesNothingOn() {
    Parameter table = GradientCheck.table(2, 3, 2);
    Variable whole = tape.output(true, 2, 4, 2);
    EmbeddingLookup.rows(table, new int[] {1, 2, 1, 0}, whole.select(0), 0, true);
    tape.backward(sum(tape.parameter(p)));
    assertThat(table.hasGradient()).isFalse();
  }

  @Test
  void aViewAsOutputPassesItsGradientOn() {
    Parameter table = GradientCheck.table(2, 3, 2);
    Variable whole = tape.output(true, 2, 4, 2);
    whole.value().fill(0);
    EmbeddingLookup.rows(table, new int[] {1, 2, 1, 0}, whole.select(1), 0, true);
    tape.backward(sum(Scale.apply(whole, 3)));
    assertThat(table.rowGradient().count()).isEqualTo(2);
    assertThat(Tensor.wrap(table.rowGradient().values(), 4).toArray()).containsExactly(6, 6, 3, 3);
  }

  @Test
  void startGradientSaysWhetherToAdd() {
    Variable x = intermediate();
    assertThat(x.startGradient()).isFalse();
    assertThat(x.startGradient()).isTrue();
    assertThat(x.select(0).startGradient()).isTrue();
    Variable y = intermediate();
    assertThat(y.select(0).startGradient()).isTrue(); // the rest is zero now, so is this part
    assertThat(y.gradient().toArray()).containsOnly(0f);
    Variable z = intermediate();
    assertThat(z.reshape(12).startGradient()).isFalse();
    assertThat(z.startGradient()).isTrue();
  }
}
