package org.recallrank.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Scratch;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * Records operations in the order in which they run, and runs their gradients in reverse (Wengert
 * 1964).
 *
 * <p>A tape serves one thread and many steps: {@link #reset} forgets the operations but keeps the
 * arrays, and the i-th array asked for in a step is the i-th of the step before where it is large
 * enough. So a steady training loop allocates nothing big, and no value of a step may be used after
 * the reset. What operations hold outside of the heap goes with the step, too; {@link #close} ends
 * the last one.
 */
public final class Tape implements AutoCloseable {
  /** How many work arrays a thread has. */
  private static final int SCRATCH = 4;

  private final Kernels kernels;
  private final List<Op> ops = new ArrayList<>();
  private final List<float[]> floats = new ArrayList<>();
  private final List<int[]> ints = new ArrayList<>();
  private final List<Scratch> scratch = Stream.generate(Scratch::new).limit(SCRATCH).toList();
  private final List<Runnable> held = new ArrayList<>();
  private int nextFloats;
  private int nextInts;
  private boolean training;
  private boolean differentiated;
  private Rng rng = new Rng(0);
  private Tape inner;
  private Thread owner = Thread.currentThread();

  public Tape(Kernels kernels) {
    this.kernels = kernels;
  }

  public Kernels kernels() {
    return kernels;
  }

  /**
   * A tape for passes inside of one operation of this tape, which keeps its arrays too. What it
   * records may take variables of this tape as inputs; their gradients come together as usual.
   */
  public Tape inner() {
    if (inner == null) {
      inner = new Tape(kernels);
    }
    return inner;
  }

  /** Whether dropout drops, batch normalisation uses the batch, and operations are recorded. */
  public boolean training() {
    return training;
  }

  /** Begins a training step. The generator decides what dropout drops. */
  public void startTraining(Rng stepRng) {
    reset();
    training = true;
    rng = stepRng;
  }

  /** Begins an evaluation pass: nothing is recorded and nothing needs a gradient. */
  public void startEvaluation() {
    reset();
    training = false;
  }

  /** A seed for the next random operation of this step. */
  public long nextSeed() {
    return rng.nextLong();
  }

  private void reset() {
    owner = Thread.currentThread();
    close();
    nextFloats = 0;
    nextInts = 0;
    differentiated = false;
  }

  /** Has the end of this step run this: how an operation gives back what it holds. */
  public void hold(Runnable release) {
    held.add(release);
  }

  /** Ends the step. Another one may begin. */
  @Override
  public void close() {
    ops.clear();
    held.forEach(Runnable::run);
    held.clear();
    if (inner != null) {
      inner.close();
    }
  }

  /**
   * A tensor for this step; its elements hold anything.
   *
   * @throws IllegalStateException on another thread than the one that started the step: an
   *     operation takes its arrays, and its inputs' gradients, before it splits its work
   */
  public Tensor allocate(int... dims) {
    checkOwner();
    int size = org.recallrank.tensor.Shape.of(dims).size();
    if (nextFloats == floats.size()) {
      floats.add(new float[size]);
    } else if (floats.get(nextFloats).length < size) {
      floats.set(nextFloats, new float[size + size / 8]);
    }
    return Tensor.wrap(floats.get(nextFloats++), dims);
  }

  /** An array of at least n ints for this step; its elements hold anything. */
  public int[] allocateInts(int n) {
    checkOwner();
    if (nextInts == ints.size()) {
      ints.add(new int[n]);
    } else if (ints.get(nextInts).length < n) {
      ints.set(nextInts, new int[n + n / 8]);
    }
    return ints.get(nextInts++);
  }

  private void checkOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "tape: the step belongs to "
              + owner
              + ", an array was asked for by "
              + Thread.currentThread());
    }
  }

  /**
   * Work arrays of the threads on which an operation runs its chunks, for the time of a chunk.
   *
   * @param index 0 to 3: a chunk that needs several arrays takes several
   */
  public Scratch scratch(int index) {
    return scratch.get(index);
  }

  /** A value without a gradient. */
  public Variable constant(Tensor value) {
    return new Variable(this, value, false, null, null);
  }

  /** The value of a parameter with a dense gradient; a device keeps its copy of this version. */
  public Variable parameter(Parameter parameter) {
    if (parameter.isTable()) {
      throw new IllegalArgumentException(
          parameter + " is a table; look its rows up with EmbeddingLookup");
    }
    kernels.device().keep(parameter.value().data(), parameter.version());
    return new Variable(this, parameter.value(), training, null, parameter);
  }

  /**
   * The output of an operation about to be recorded.
   *
   * @param needsGradient whether any input needs one; ignored outside of training
   */
  public Variable output(boolean needsGradient, int... dims) {
    return new Variable(this, allocate(dims), training && needsGradient, null, null);
  }

  /** Records an operation whose output needs a gradient; others need not be recorded. */
  public void record(Variable output, Op op) {
    if (output.needsGradient()) {
      ops.add(
          () -> {
            if (output.hasGradient()) {
              op.backward();
            }
          });
    }
  }

  /** The same for an operation with two outputs; it runs backwards if either has a gradient. */
  public void record(Variable output1, Variable output2, Op op) {
    if (output1.needsGradient() || output2.needsGradient()) {
      ops.add(
          () -> {
            if (output1.hasGradient() || output2.hasGradient()) {
              op.backward();
            }
          });
    }
  }

  /**
   * Differentiates a scalar with respect to every parameter and variable that it came from.
   *
   * @throws IllegalStateException if this step has been differentiated before: ops change their
   *     gradients in place
   */
  public void backward(Variable loss) {
    if (loss.value().size() != 1) {
      throw new IllegalArgumentException("backward needs a scalar, found shape " + loss.shape());
    }
    startBackward(loss);
    loss.gradient().fill(1);
    run();
  }

  /**
   * Goes on with the differentiation of a scalar from here: {@code gradient} is its gradient with
   * respect to {@code output}.
   *
   * @throws IllegalStateException as {@link #backward(Variable)}
   */
  public void backward(Variable output, Tensor gradient) {
    if (output.value().size() != gradient.size()) {
      throw new IllegalArgumentException(
          "backward: an output " + output.shape() + " with a gradient " + gradient.shape());
    }
    boolean add = startBackward(output);
    Tensor own = output.gradient();
    kernels
        .math()
        .scale(1, gradient.data(), gradient.offset(), own.data(), own.offset(), own.size(), add);
    run();
  }

  /** Returns what {@link Variable#startGradient} does. */
  private boolean startBackward(Variable output) {
    if (differentiated) {
      throw new IllegalStateException(
          "backward runs once per step; add the losses up, or start another step");
    }
    differentiated = true;
    return output.startGradient();
  }

  private void run() {
    for (int i = ops.size() - 1; i >= 0; i--) {
      ops.get(i).backward();
    }
  }
}
