package org.recallrank.autograd;

import org.recallrank.kernels.OptimizerKernel;
import org.recallrank.tensor.Tensor;

/**
 * A trainable tensor with a name, and its gradient.
 *
 * <p>An embedding table keeps a {@link RowGradient}, because a batch touches few of its rows;
 * anything else a dense gradient.
 *
 * <p>Any number of threads may read the value while none writes it. The gradient belongs to the one
 * thread that trains; an evaluation does not touch it.
 */
public final class Parameter {

  /** Which regulariser a parameter gets (FuxiCTR's {@code regularization_loss}). */
  public enum Group {
    /** Embedding tables: {@code embedding_regularizer}. */
    EMBEDDING,
    /** Every other {@code weight} or {@code bias}: {@code net_regularizer}. */
    NETWORK,
    /** Never regularised. */
    UNREGULARIZED
  }

  private final String name;
  private final Group group;
  private final Tensor value;
  private final Tensor gradient;
  private final OptimizerKernel.Dense denseGradient;
  private final RowGradient rowGradient;
  private boolean started;
  private long version;

  private Parameter(
      String name, Group group, Tensor value, Tensor gradient, RowGradient rowGradient) {
    this.name = name;
    this.group = group;
    this.value = value;
    this.gradient = gradient;
    denseGradient = gradient == null ? null : new OptimizerKernel.Dense(gradient.vec());
    this.rowGradient = rowGradient;
  }

  /** A parameter with a dense gradient. */
  public static Parameter dense(String name, Group group, Tensor value) {
    return new Parameter(name, group, value, Tensor.zeros(value.shape().toArray()), null);
  }

  /** A table [rows, dim] of which a step touches some rows only. */
  public static Parameter table(String name, Tensor value) {
    return new Parameter(
        name,
        Group.EMBEDDING,
        value,
        null,
        new RowGradient(value.shape().dim(0), value.shape().dim(1)));
  }

  /** A value that is only read: it has no gradient, and nobody trains it. */
  public static Parameter constant(String name, Group group, Tensor value) {
    return new Parameter(name, group, value, null, null);
  }

  /** The name under which it is saved. */
  public String name() {
    return name;
  }

  /** Which regulariser it gets. */
  public Group group() {
    return group;
  }

  /** The elements, shared: who changes them says so by {@link #touch}. */
  public Tensor value() {
    return value;
  }

  /** Whether this is a table with a {@link #rowGradient}. */
  public boolean isTable() {
    return rowGradient != null;
  }

  /** The dense gradient; null for a table or a constant. */
  public Tensor gradient() {
    return gradient;
  }

  /** The same as optimizers take it; the same object every time. */
  public OptimizerKernel.Dense denseGradient() {
    return denseGradient;
  }

  /** The gradient of the rows touched; null unless this is a table. */
  public RowGradient rowGradient() {
    return rowGradient;
  }

  /** Whether anything has flowed back since {@link #clearGradient}. */
  public boolean hasGradient() {
    return isTable() ? rowGradient.count() > 0 : started;
  }

  boolean startGradient() {
    boolean before = started;
    started = true;
    return before;
  }

  /** Forgets the gradient. */
  public void clearGradient() {
    started = false;
    if (isTable()) {
      rowGradient.clear();
    }
  }

  /** Changes whenever the value has been written: what derived data is to be compared with. */
  public long version() {
    return version;
  }

  /** To be called by whoever has written to the value. */
  public void touch() {
    version++;
  }

  @Override
  public String toString() {
    return name + value.shape();
  }
}
