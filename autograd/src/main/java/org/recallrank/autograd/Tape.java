package org.recallrank.autograd;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Scratch;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Shape;
import org.recallrank.tensor.Tensor;

/**
 * Records operations in the order in which they run, and runs their gradients in reverse (Wengert
 * 1964).
 *
 * <p>A tape serves one thread at a time and many steps: {@link #reset} forgets the operations but
 * keeps tensors, arrays, maps and variables, and the i-th that is asked for in a step is the i-th
 * of the step before, with its array where that is large enough. So a steady training loop
 * allocates next to nothing, and neither a value nor a variable of a step may be used after the
 * reset. What operations hold outside of the heap goes with the step, too; {@link #close} ends the
 * last one.
 *
 * <p>Whatever a step needs belongs to its tape and nothing to the model, so that any number of
 * threads, each with a tape of its own, may run one model at once, as long as nobody changes its
 * weights. They may share {@link Kernels}.
 */
public final class Tape implements AutoCloseable {
  /** How many work arrays a thread has. */
  private static final int SCRATCH = 4;

  private final Kernels kernels;
  private final List<Op> ops = new ArrayList<>();
  private final List<Variable> outputs = new ArrayList<>(); // two of each operation
  private List<Variable> variables = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<int[]> ints = new ArrayList<>();
  private final List<SlotMap> slotMaps = new ArrayList<>();
  private final List<Scratch> scratch = Stream.generate(Scratch::new).limit(SCRATCH).toList();
  private final List<Runnable> held = new ArrayList<>();
  private final Map<Object, Object> owned = new IdentityHashMap<>();
  private int nextVariable;
  private int nextTensor;
  private int nextInts;
  private int nextSlotMap;
  private boolean training;
  private boolean differentiated;
  private Rng rng = new Rng(0);
  private List<Runnable> program; // what is captured, or null
  private Thread owner = Thread.currentThread();

  /** A tape without a step; the thread of a step is the one that begins it. */
  public Tape(Kernels kernels) {
    this.kernels = kernels;
  }

  /** What operations compute with. */
  public Kernels kernels() {
    return kernels;
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

  /**
   * Does what an operation does forwards: now, or in a {@linkplain #capture captured} pass whenever
   * that runs. All that it needs is asked of the tape before, and what it reads of other operations
   * is read in here.
   */
  public void forward(Runnable work) {
    if (program == null) {
      work.run();
    } else {
      program.add(work);
    }
  }

  /**
   * An evaluation pass to be run again and again, on whatever then stands in the arrays that it
   * reads: shapes are looked at once, and running it makes no objects but those of kernels.
   *
   * <p>Passes of one tape share their arrays, so one of them runs at a time, and no step is begun
   * while any is in use. Capture the largest first: then the arrays of the others are there.
   *
   * @param pass builds it by operations on this tape; nothing is computed yet
   */
  public Program capture(Runnable pass) {
    startEvaluation();
    variables = new ArrayList<>(); // those of a captured pass stay as they are
    program = new ArrayList<>();
    try {
      pass.run();
      return new Program(program);
    } finally {
      program = null;
      variables = new ArrayList<>();
    }
  }

  /** A seed for the next random operation of this step. */
  public long nextSeed() {
    return rng.nextLong();
  }

  private void reset() {
    owner = Thread.currentThread();
    close();
    nextVariable = 0;
    nextTensor = 0;
    nextInts = 0;
    nextSlotMap = 0;
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
    outputs.clear();
    held.forEach(Runnable::run);
    held.clear();
  }

  /**
   * A tensor for this step; its elements hold anything.
   *
   * @throws IllegalStateException on another thread than the one that started the step: an
   *     operation takes its arrays, and its inputs' gradients, before it splits its work
   */
  public Tensor allocate(int... dims) {
    Tensor last = last();
    return last != null && last.shape().is(dims) ? again(last) : anew(last, Shape.of(dims));
  }

  /** {@link #allocate(int...)} of one axis, without an array of axes. */
  public Tensor allocate(int n) {
    Tensor last = last();
    return last != null && last.shape().is(n) ? again(last) : anew(last, Shape.of(n));
  }

  /** {@link #allocate(int...)} of two axes, without an array of axes. */
  public Tensor allocate(int rows, int cols) {
    Tensor last = last();
    return last != null && last.shape().is(rows, cols)
        ? again(last)
        : anew(last, Shape.of(rows, cols));
  }

  /** {@link #allocate(int...)} of a shape that is there already. */
  public Tensor allocate(Shape shape) {
    Tensor last = last();
    return last != null && last.shape().equals(shape) ? again(last) : anew(last, shape);
  }

  /** What stood at this place in the step before, or null. */
  private Tensor last() {
    checkOwner();
    return nextTensor < tensors.size() ? tensors.get(nextTensor) : null;
  }

  private Tensor again(Tensor last) {
    nextTensor++;
    return last;
  }

  /** A tensor in the place of {@code last}, on its array if that is large enough. */
  private Tensor anew(Tensor last, Shape shape) {
    int size = shape.size();
    if (last == null) {
      tensors.add(Tensor.wrap(new float[size], shape));
    } else {
      float[] array = last.data().length < size ? new float[size + size / 8] : last.data();
      tensors.set(nextTensor, Tensor.wrap(array, shape));
    }
    return tensors.get(nextTensor++);
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

  /** An empty map of ids 0 .. size - 1 for this step. */
  public SlotMap slotMap(int size) {
    checkOwner();
    if (nextSlotMap == slotMaps.size()) {
      slotMaps.add(new SlotMap(size));
    } else if (slotMaps.get(nextSlotMap).size() < size) {
      slotMaps.set(nextSlotMap, new SlotMap(size));
    }
    SlotMap map = slotMaps.get(nextSlotMap++);
    map.clear();
    return map;
  }

  private void checkOwner() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          "tape: the step belongs to %s, an array or a variable was asked for by %s"
              .formatted(owner, Thread.currentThread()));
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

  /**
   * What somebody keeps with this tape, from step to step.
   *
   * @param whose one thing for each
   * @param make makes it when it is first asked for
   */
  @SuppressWarnings("unchecked") // whoever asks has made it
  public <T> T own(Object whose, Supplier<T> make) {
    return (T) owned.computeIfAbsent(whose, w -> make.get());
  }

  /** A value without a gradient. */
  public Variable constant(Tensor value) {
    return variable(value, false, null, null);
  }

  /** The value of a parameter with a dense gradient; a device keeps its copy of this version. */
  public Variable parameter(Parameter parameter) {
    if (parameter.isTable()) {
      throw new IllegalArgumentException(
          parameter + " is a table; look its rows up with EmbeddingLookup");
    }
    kernels.device().keep(parameter.value().data(), parameter.version());
    return variable(parameter.value(), training, null, parameter);
  }

  /**
   * The output of an operation about to be recorded.
   *
   * @param needsGradient whether any input needs one; ignored outside of training
   */
  public Variable output(boolean needsGradient, int... dims) {
    return output(needsGradient, allocate(dims));
  }

  /** {@link #output(boolean, int...)} of two axes, without an array of axes. */
  public Variable output(boolean needsGradient, int rows, int cols) {
    return output(needsGradient, allocate(rows, cols));
  }

  /** {@link #output(boolean, int...)} of a shape that is there already. */
  public Variable output(boolean needsGradient, Shape shape) {
    return output(needsGradient, allocate(shape));
  }

  private Variable output(boolean needsGradient, Tensor value) {
    return variable(value, training && needsGradient, null, null);
  }

  /** The variable at the next place of this step. */
  Variable variable(Tensor value, boolean needsGradient, Variable whole, Parameter parameter) {
    checkOwner();
    if (nextVariable == variables.size()) {
      variables.add(new Variable(this));
    }
    Variable variable = variables.get(nextVariable++);
    variable.begin(value, needsGradient, whole, parameter);
    return variable;
  }

  /** Records an operation whose output needs a gradient; others need not be recorded. */
  public void record(Variable output, Op op) {
    record(output, output, op);
  }

  /** The same for an operation with two outputs; it runs backwards if either has a gradient. */
  public void record(Variable output1, Variable output2, Op op) {
    if (output1.needsGradient() || output2.needsGradient()) {
      ops.add(op);
      outputs.add(output1);
      outputs.add(output2);
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
    if (differentiated) {
      throw new IllegalStateException(
          "backward runs once per step; add the losses up, or start another step");
    }
    differentiated = true;
    loss.startGradient();
    loss.gradient().fill(1);
    for (int i = ops.size() - 1; i >= 0; i--) {
      if (outputs.get(2 * i).hasGradient() || outputs.get(2 * i + 1).hasGradient()) {
        ops.get(i).backward();
      }
    }
  }
}
