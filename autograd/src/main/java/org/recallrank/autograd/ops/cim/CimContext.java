package org.recallrank.autograd.ops.cim;

import java.util.stream.Stream;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.ShapeChecks;
import org.recallrank.tensor.Tensor;

/**
 * What a row finds in its list of entities by attending twice: the entities attend to each other,
 * where each row weighs their values in its own way, and the row attends to what comes out. With
 * heads side by side in the columns, per head
 *
 * <pre>
 * P = softmax over j of (scale * q_i . k_j)          of the list, the same for all of its rows
 * x_i = c_i + sum over j of P_ij * w_j * v_j
 * n_i = (x_i - mean) / sqrt(variance + epsilon)      over the columns of all heads
 * k'_i = relu(A_k [n_i ; 1])    v'_i = relu(A_v [n_i ; 1])
 * y = sum over i of softmax over i of (scale * query . k'_i) * w_i * v'_i
 * </pre>
 *
 * <p>A thread takes a row through all of it ({@link CimContextPass}), and nothing of a row is kept;
 * the backward pass computes it again.
 */
public final class CimContext {
  private CimContext() {}

  /**
   * Where entities and rows get to know each other.
   *
   * @param q [entities, width], and so are k, v and c
   * @param w [rows, length of a list]
   * @param query [rows, width]
   * @param ofKeys A_k [width, width + 1], and so is A_v
   */
  public record Inputs(
      Variable q,
      Variable k,
      Variable v,
      Variable c,
      Variable w,
      Variable query,
      Variable ofKeys,
      Variable ofValues) {

    private boolean needGradient() {
      return Stream.of(q, k, v, c, w, query, ofKeys, ofValues).anyMatch(Variable::needsGradient);
    }

    private int width(CimLists lists, int heads) {
      int width = q.value().cols();
      if (k.value().cols() != width
          || v.value().cols() != width
          || c.value().cols() != width
          || query.value().cols() != width
          || width % heads != 0) {
        throw new IllegalArgumentException(
            ("CIM context: q %s, k %s, v %s, c %s and query %s need one width that is a"
                    + " multiple of %s heads")
                .formatted(q.shape(), k.shape(), v.shape(), c.shape(), query.shape(), heads));
      }
      ShapeChecks.size("CIM context", "w", w, lists.rows() * lists.length());
      ShapeChecks.size("CIM context", "query", query, lists.rows() * width);
      ShapeChecks.size("CIM context", "ofKeys", ofKeys, width * (width + 1));
      ShapeChecks.size("CIM context", "ofValues", ofValues, width * (width + 1));
      return width;
    }
  }

  /**
   * Records y for all rows of all lists.
   *
   * @param heads divides width
   * @return y [rows, width]
   */
  public static Variable apply(Inputs in, CimLists lists, int heads, float scale, float epsilon) {
    Tape tape = in.q.tape();
    Variable y = tape.output(in.needGradient(), lists.rows(), in.width(lists, heads));
    CimContextPass pass = new CimContextPass(in, lists, heads, scale, epsilon);
    Tensor to = y.value();
    tape.forward(() -> pass.forward(to));
    tape.record(y, () -> pass.backward(y.gradient()));
    return y;
  }
}
