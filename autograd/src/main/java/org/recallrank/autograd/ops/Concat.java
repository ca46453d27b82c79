package org.recallrank.autograd.ops;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;

/** Puts matrices of equally many rows side by side. */
public final class Concat {
  private Concat() {}

  /**
   * Copies the parts into one matrix.
   *
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
    Workers workers = tape.kernels().workers();
    Variable y = tape.output(needsGradient, rows, cols);
    int at = 0;
    for (Variable part : parts) {
      Matrix from = part.matrix();
      Matrix to = y.matrix().columns(at, from.cols());
      Range copying = copying(tape, from, to, false);
      tape.forward(() -> workers.forRows(rows, from.cols(), copying));
      at += from.cols();
    }
    tape.record(
        y,
        () -> {
          int from = 0;
          for (Variable part : parts) {
            int width = part.value().cols();
            if (part.needsGradient()) {
              Matrix dy = y.gradient().matrix().columns(from, width);
              Matrix dx = part.gradient().matrix();
              workers.forRows(rows, width, copying(tape, dy, dx, part.startGradient()));
            }
            from += width;
          }
        });
    return y;
  }

  /** Copies rows of x to y, or adds them. */
  private static Range copying(Tape tape, Matrix x, Matrix y, boolean accumulate) {
    var math = tape.kernels().math();
    int width = x.cols();
    return (first, end) -> {
      for (int i = first; i < end; i++) {
        int to = y.at(i, 0);
        if (accumulate) {
          math.add(x.data(), x.at(i, 0), y.data(), to, y.data(), to, width);
        } else {
          System.arraycopy(x.data(), x.at(i, 0), y.data(), to, width);
        }
      }
    };
  }
}
