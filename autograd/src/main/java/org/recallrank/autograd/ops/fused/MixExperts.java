package org.recallrank.autograd.ops.fused;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.tensor.Tensor;

/**
 * y_i = a_i + sum over k of gate[i, k] * expert_k,i: the experts of DCN-V2's low-rank mixture,
 * added to the layer's input.
 */
public final class MixExperts {
  private MixExperts() {}

  /**
   * Records the mixture; y is [rows, cols].
   *
   * @param a [rows, cols]
   * @param gate [rows, experts]
   * @param experts each [rows, cols]
   */
  public static Variable apply(Variable a, Variable gate, Variable... experts) {
    Tape tape = a.tape();
    int rows = a.value().rows();
    int cols = a.value().cols();
    ShapeChecks.size("mix experts", "gate", gate, rows * experts.length);
    boolean needsGradient = a.needsGradient() || gate.needsGradient();
    for (Variable expert : experts) {
      ShapeChecks.sameSize("mix experts", a, expert);
      needsGradient |= expert.needsGradient();
    }
    Variable y = tape.output(needsGradient, rows, cols);
    Tensor yv = y.value();
    Tensor av = a.value();
    int count = experts.length;
    tape.forward(
        () -> {
          System.arraycopy(av.data(), av.offset(), yv.data(), yv.offset(), yv.size());
          for (int k = 0; k < count; k++) {
            addScaledRows(gate.value(), k, experts[k].value(), yv);
          }
        });
    tape.record(
        y,
        () -> {
          Tensor dy = y.gradient();
          for (int k = 0; k < count; k++) {
            if (experts[k].needsGradient()) {
              addScaledRows(gate.value(), k, dy, experts[k].gradientToAddTo());
            }
          }
          if (gate.needsGradient()) {
            boolean add = gate.startGradient();
            Tensor dg = gate.gradient();
            for (int k = 0; k < count; k++) {
              Tensor e = experts[k].value();
              for (int i = 0; i < rows; i++) {
                float dot = 0;
                for (int j = 0; j < cols; j++) {
                  dot += dy.get(i * cols + j) * e.get(i * cols + j);
                }
                dg.put(i * count + k, dot, add);
              }
            }
          }
          Add.pass(y, a, 1);
        });
    return y;
  }

  /** to_i += gate[i, k] * from_i. */
  private static void addScaledRows(Tensor gate, int k, Tensor from, Tensor to) {
    int cols = from.cols();
    for (int i = 0; i < from.rows(); i++) {
      float g = gate.get(i * gate.cols() + k);
      int x = from.offset() + i * cols;
      int y = to.offset() + i * cols;
      for (int j = 0; j < cols; j++) {
        to.data()[y + j] += g * from.data()[x + j];
      }
    }
  }
}
