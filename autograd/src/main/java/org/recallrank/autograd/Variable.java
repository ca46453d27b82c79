package org.recallrank.autograd;

import java.util.Arrays;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.tensor.Shape;
import org.recallrank.tensor.Tensor;

/**
 * A value on a {@link Tape}, and the gradient of the loss with respect to it. The tape uses the
 * object again in its next step, so it is valid in its own step only.
 *
 * <p>Serves the thread of its tape's step; what an operation runs on other threads works on the
 * arrays alone.
 */
public final class Variable {
  private final Tape tape;
  private Tensor value;
  private boolean needsGradient;
  private Variable whole; // of which this is a view, or null
  private Parameter parameter; // whose value this is, or null
  private Tensor gradient;
  private boolean started;

  Variable(Tape tape) {
    this.tape = tape;
  }

  /** Makes this a variable of the step that is under way. */
  void begin(Tensor value, boolean needsGradient, Variable whole, Parameter parameter) {
    this.value = value;
    this.needsGradient = needsGradient;
    this.whole = whole;
    this.parameter = parameter;
    gradient = null;
    started = false;
  }

  /** The tape on which this stands: operations on this value are recorded there. */
  public Tape tape() {
    return tape;
  }

  /** The elements, valid in this step only. */
  public Tensor value() {
    return value;
  }

  /** The shape of the value. */
  public Shape shape() {
    return value.shape();
  }

  /** The elements of the value. */
  public Vec vec() {
    return value.vec();
  }

  /** The value as a matrix, its leading axes flattened. */
  public Matrix matrix() {
    return value.matrix();
  }

  /** The transpose of {@link #matrix}. */
  public Matrix transposed() {
    return value.transposed();
  }

  /** Whether the loss is to be differentiated with respect to this value. */
  public boolean needsGradient() {
    return needsGradient;
  }

  /** Whether anything has flowed back to this value, or to that of which it is a view. */
  public boolean hasGradient() {
    if (parameter != null) {
      return parameter.hasGradient();
    }
    return whole != null ? whole.hasGradient() : started;
  }

  /**
   * To be called before each write to {@link #gradient}.
   *
   * @return true if the writer must add to what is there; false if the buffer holds nothing yet and
   *     the writer must replace all of it
   */
  public boolean startGradient() {
    if (parameter != null) {
      return parameter.startGradient();
    }
    if (whole != null) {
      if (value.size() == whole.value.size()) {
        return whole.startGradient();
      }
      // A view fills only a part, so the rest of the whole must be valid before.
      if (!whole.startGradient()) {
        whole.gradient().fill(0);
      }
      return true;
    }
    boolean before = started;
    started = true;
    return before;
  }

  /** The gradient, same shape as the value. Holds garbage until {@link #startGradient}. */
  public Tensor gradient() {
    if (parameter != null) {
      return parameter.gradient();
    }
    if (gradient == null) {
      gradient =
          whole == null
              ? tape.allocate(value.shape())
              : whole.gradient().view(value.offset() - whole.value.offset(), value.shape());
    }
    return gradient;
  }

  /** The gradient for an op that adds to parts of it: zeros if nothing has flowed back yet. */
  public Tensor gradientToAddTo() {
    if (!startGradient()) {
      gradient().fill(0);
    }
    return gradient();
  }

  /** The same elements under another shape. */
  public Variable reshape(int... dims) {
    return tape.variable(value.reshape(dims), needsGradient, this, null);
  }

  /** Entry {@code index} of the outermost axis. */
  public Variable select(int index) {
    int[] dims = value.shape().toArray();
    int[] rest = Arrays.copyOfRange(dims, 1, dims.length);
    int size = value.size() / dims[0];
    return tape.variable(value.view(index * size, rest), needsGradient, this, null);
  }
}
