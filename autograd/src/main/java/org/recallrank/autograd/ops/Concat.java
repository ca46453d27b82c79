package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.VectorMath;
import org.recallrank.tensor.Tensor;

/** Puts matrices of equally many rows side by side. */
public final class Concat {
  private Concat() {}

  /**
   * @param parts each [rows, cols_p] (leading axes are flattened)
   * @return [rows, sum of cols_p]
   */
  public static Variable apply(Variable... parts) {
    Tape tape = parts[0].tape();
    int rows = parts[0].value().rows();
    int cols = 0;
    boolean needsGradient = false;
    for (Variable part : parts) {
      if (part.value().rows() != rows) {
        throw new IllegalArgumentException(
            "concat: parts have " + rows + " and " + part.value().rows() + " rows");
      }
      cols += part.value().cols();
      needsGradient |= part.needsGradient();
    }
    Variable y = tape.output(needsGradient, rows, cols);
    int at = 0;
    for (Variable part : parts) {
      Tensor x = part.value();
      copyColumns(tape, x, 0, y.value(), at, x.cols(), false);
      at += x.cols();
    }
    tape.record(
        y,
        () -> {
          int from = 0;
          for (Variable part : parts) {
            int width = part.value().cols();
            if (part.needsGradient()) {
              boolean add = part.startGradient();
              copyColumns(tape, y.gradient(), from, part.gradient(), 0, width, add);
            }
            from += width;
          }
        });
    return y;
  }

  private static void copyColumns(
      Tape tape, Tensor from, int fromCol, Tensor to, int toCol, int width, boolean accumulate) {
    VectorMath math = tape.kernels().math();
    tape.kernels()
        .workers()
        .forRows(
            from.rows(),
            width,
            (first, end) -> {
              for (int i = first; i < end; i++) {
                int x = from.offset() + i * from.cols() + fromCol;
                int y = to.offset() + i * to.cols() + toCol;
                if (accumulate) {
                  math.add(from.data(), x, to.data(), y, to.data(), y, width);
                } else {
                  System.arraycopy(from.data(), x, to.data(), y, width);
                }
              }
            });
  }
}
