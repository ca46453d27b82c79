package org.recallrank.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.EmbeddingLookup;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.autograd.ops.Tanh;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

class TapeTest {
  private final Tape tape = new Tape(HostBackends.scalar());

  private static Parameter dense(String name, int... dims) {
    return Parameter.dense(name, Parameter.Group.NETWORK, GradientCheck.values(1, dims));
  }

  private static Variable sum(Variable x) {
    return RowSum.apply(x.reshape(1, x.value().size()));
  }

  /** Collects the arrays of a step that uses values, gradients and scratch arrays. */
  private List<float[]> step(int rows, Parameter table, Parameter w) {
    tape.startTraining(new Rng(1));
    table.clearGradient();
    w.clearGradient();
    List<float[]> arrays = new ArrayList<>();
    Variable e = tape.output(true, rows, 4);
    EmbeddingLookup.rows(table, new int[rows], e, 0, true);
    Variable h = Tanh.apply(Linear.apply(e, tape.parameter(w), null, Activation.RELU));
    Variable both = Concat.apply(h, e);
    Variable loss = sum(both);
    tape.backward(loss);
    for (Variable v : List.of(e, h, both, loss)) {
      arrays.add(v.value().data());
      arrays.add(v.gradient().data());
    }
    return arrays;
  }

  private static void assertSameArrays(List<float[]> found, List<float[]> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i)).as("array %d", i).isSameAs(expected.get(i));
    }
  }

  @Test
  void theSecondIdenticalStepUsesTheSameArrays() {
    Parameter table = GradientCheck.table(2, 3, 4);
    Parameter w = dense("w", 5, 4);
    List<float[]> first = step(6, table, w);
    assertSameArrays(step(6, table, w), first);
    assertSameArrays(step(2, table, w), first); // a short last batch
    List<float[]> larger = step(100, table, w);
    assertSameArrays(step(6, table, w), larger);
    assertThat(tape.allocateInts(10)).isNotNull();
    tape.startTraining(new Rng(1));
    int[] ints = tape.allocateInts(10);
    tape.startTraining(new Rng(1));
    assertThat(tape.allocateInts(7)).isSameAs(ints);
  }

  @Test
  void theNextStepUsesTensorsAndVariablesAgain() {
    tape.startTraining(new Rng(1));
    Tensor one = tape.allocate(6);
    Tensor two = tape.allocate(2, 3);
    Tensor three = tape.allocate(1, 2, 3);
    Variable variable = tape.output(true, two.shape());
    variable.gradientToAddTo().fill(1);
    tape.startTraining(new Rng(1));
    assertThat(tape.allocate(6)).isSameAs(one);
    assertThat(tape.allocate(2, 3)).isSameAs(two);
    assertThat(tape.allocate(1, 2, 3)).isSameAs(three);
    Variable again = tape.output(false, 2, 3);
    assertThat(again).isSameAs(variable);
    assertThat(again.needsGradient()).isFalse();
    assertThat(again.hasGradient()).isFalse();
  }

  @Test
  void anotherShapeOfTheNextStepIsOnTheSameArray() {
    tape.startTraining(new Rng(1));
    float[] array = tape.allocate(2, 3).data();
    tape.startTraining(new Rng(1));
    Tensor flat = tape.allocate(6);
    assertThat(flat.shape().toArray()).containsExactly(6);
    assertThat(flat.data()).isSameAs(array);
    tape.startTraining(new Rng(1));
    Tensor turned = tape.allocate(3, 2);
    assertThat(turned.shape().toArray()).containsExactly(3, 2);
    assertThat(turned.data()).isSameAs(array);
  }

  @Test
  void anArrayThatIsTooSmallIsReplaced() {
    tape.startTraining(new Rng(1));
    tape.allocate(4);
    tape.allocateInts(4);
    tape.startTraining(new Rng(1));
    Tensor larger = tape.allocate(3, 5);
    assertThat(larger.shape().toArray()).containsExactly(3, 5);
    larger.fill(1);
    assertThat(tape.allocateInts(9).length).isGreaterThanOrEqualTo(9);
  }

  @Test
  void mapsAreKeptAndEmptyAgain() {
    tape.startTraining(new Rng(1));
    SlotMap map = tape.slotMap(10);
    map.slot(7);
    SlotMap other = tape.slotMap(10);
    assertThat(other).isNotSameAs(map);
    tape.startEvaluation();
    assertThat(tape.slotMap(5)).as("large enough").isSameAs(map);
    assertThat(map.count()).isZero();
    assertThat(map.slot(3)).isZero();
    assertThat(tape.slotMap(11).size()).as("other was too small").isEqualTo(11);
  }

  @Test
  void arraysOfOneStepAreDistinct() {
    tape.startTraining(new Rng(1));
    Tensor a = tape.allocate(3);
    Tensor b = tape.allocate(3);
    a.fill(1);
    b.fill(2);
    assertThat(a.toArray()).containsExactly(1, 1, 1);
  }

  /** Nothing flows into a branch that the loss does not depend on, and its garbage goes nowhere. */
  @Test
  void unusedBranchesGetNoGradient() {
    tape.startTraining(new Rng(1));
    for (int i = 0; i < 20; i++) {
      tape.allocate(16).fill(Float.NaN);
    }
    tape.startTraining(new Rng(1));
    Parameter used = dense("used", 3);
    Parameter unused = dense("unused", 3);
    Variable x = tape.parameter(used);
    Variable branch = Tanh.apply(Add.apply(x, tape.parameter(unused)));
    Scale.apply(branch, 2);
    tape.backward(sum(Scale.apply(x, 3)));
    assertThat(used.gradient().toArray()).containsExactly(3, 3, 3);
    assertThat(unused.hasGradient()).isFalse();
    assertThat(branch.hasGradient()).isFalse();
  }

  @Test
  void anEvaluationRecordsNothing() {
    Parameter p = dense("p", 3);
    tape.startEvaluation();
    assertThat(tape.training()).isFalse();
    Variable y = Tanh.apply(tape.parameter(p));
    assertThat(y.needsGradient()).isFalse();
    Variable loss = sum(y);
    tape.backward(loss);
    assertThat(p.hasGradient()).isFalse();
  }

  @Test
  void aNewStepForgetsTheOperationsOfTheLast() {
    Parameter p = dense("p", 3);
    tape.startTraining(new Rng(1));
    assertThat(tape.training()).isTrue();
    Tanh.apply(tape.parameter(p));
    List<String> ran = new ArrayList<>();
    tape.record(tape.output(true, 1), () -> ran.add("old"));
    tape.startTraining(new Rng(1));
    Variable loss = tape.output(true, 1);
    tape.record(loss, () -> ran.add("new"));
    tape.backward(loss);
    assertThat(ran).containsExactly("new");
    assertThat(p.hasGradient()).isFalse();
  }

  @Test
  void operationsRunInReverse() {
    tape.startTraining(new Rng(1));
    List<String> ran = new ArrayList<>();
    Variable loss = tape.output(true, 1);
    tape.record(loss, () -> ran.add("first"));
    tape.record(loss, () -> ran.add("second"));
    tape.record(tape.output(false, 1), () -> ran.add("of a constant"));
    tape.backward(loss);
    assertThat(ran).containsExactly("second", "first");
  }

  @Test
  void anOperationOfTwoOutputsRunsOnceIfEitherIsUsed() {
    for (int used = 0; used < 4; used++) {
      tape.startTraining(new Rng(1));
      int[] runs = {0};
      Variable a = tape.output(true, 1);
      Variable b = tape.output(true, 1);
      tape.record(a, b, () -> runs[0]++);
      Variable loss = tape.output(true, 1);
      int which = used;
      tape.record(
          loss,
          () -> {
            if ((which & 1) != 0) {
              a.startGradient();
            }
            if ((which & 2) != 0) {
              b.startGradient();
            }
          });
      tape.backward(loss);
      assertThat(runs[0])
          .as("outputs used: %s", Integer.toBinaryString(used))
          .isEqualTo(used == 0 ? 0 : 1);
    }
  }

  @Test
  void seedsComeFromTheGeneratorOfTheStep() {
    tape.startTraining(new Rng(9));
    Rng same = new Rng(9);
    assertThat(tape.nextSeed()).isEqualTo(same.nextLong());
    assertThat(tape.nextSeed()).isEqualTo(same.nextLong());
  }

  @Test
  void aParameterUsedTwiceAddsItsGradients() {
    Parameter p = dense("p", 3);
    tape.startTraining(new Rng(1));
    tape.backward(
        sum(Add.apply(Scale.apply(tape.parameter(p), 2), Scale.apply(tape.parameter(p), 5))));
    assertThat(p.gradient().toArray()).containsExactly(7, 7, 7);
  }

  @Test
  void wrongUsesAreErrors() {
    tape.startTraining(new Rng(1));
    Parameter table = GradientCheck.table(2, 3, 4);
    assertThatThrownBy(() -> tape.parameter(table))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("table 2[3, 4]")
        .hasMessageContaining("EmbeddingLookup");
    assertThatThrownBy(() -> tape.backward(tape.output(true, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scalar")
        .hasMessageContaining("[2]");
    Variable loss = tape.output(true, 1);
    tape.backward(loss);
    assertThatThrownBy(() -> tape.backward(loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("once per step");
  }
}
