package org.recallrank.autograd.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.kernels.Kernels;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Shape;
import org.recallrank.tensor.Tensor;

/**
 * Everything a model has learnt, by name and in order of creation: parameters, buffers (running
 * statistics), counters, and names that stand for a parameter of another name.
 *
 * <p>Each parameter starts from a generator split by its name, so its first value does not depend
 * on what else the model has.
 *
 * <p>A {@linkplain #frozen frozen} set is for a model that only scores. It gives layers the values
 * of a trained model and forgets them: layers then keep what scoring reads, and in the order in
 * which their kernels read it.
 *
 * <p>Any number of threads may read a set while none adds to it and none writes values.
 */
public final class ParameterSet {
  private final Rng rng; // null: whatever begins, begins as zeros
  private final Trained trained; // null unless frozen
  private final Kernels kernels; // likewise
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, long[]> counters = new LinkedHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();

  /** An empty set, whose parameters will begin by generators split from this one. */
  public ParameterSet(Rng rng) {
    this(rng, null, null);
  }

  private ParameterSet(Rng rng, Trained trained, Kernels kernels) {
    this.rng = rng;
    this.trained = trained;
    this.kernels = kernels;
  }

  /** The values of a trained model. */
  public interface Trained {
    /**
     * The values of a parameter or a buffer, in an array for the caller to keep. An error if there
     * is none of this name, or it is of another shape.
     */
    float[] values(String name, int... dims);

    /** Says that there may be a counter of this name. */
    void counter(String name);

    /**
     * Says that a name stands for another one's parameter. An error if there is no such name, or it
     * has other values.
     */
    void alias(String name, String target);
  }

  /** A set whose values all begin as zero: quicker to make where others are loaded into it. */
  public static ParameterSet blank() {
    return new ParameterSet(null);
  }

  /**
   * A set for a model that only scores.
   *
   * @param kernels what it scores with
   */
  public static ParameterSet frozen(Trained trained, Kernels kernels) {
    return new ParameterSet(null, trained, kernels);
  }

  /** Whether a model of this set only scores. */
  public boolean isFrozen() {
    return trained != null;
  }

  /** What a model of this set scores with; null unless it is {@linkplain #isFrozen frozen}. */
  public Kernels kernels() {
    return kernels;
  }

  /** A new parameter with a dense gradient. */
  public Parameter dense(String name, Parameter.Group group, Init init, int... dims) {
    Tensor value = begin(name, init, dims);
    return isFrozen()
        ? Parameter.constant(name, group, value)
        : add(Parameter.dense(name, group, value));
  }

  /** A new embedding table [rows, dim]. */
  public Parameter table(String name, Init init, int rows, int dim) {
    Tensor value = begin(name, init, rows, dim);
    return isFrozen()
        ? Parameter.constant(name, Parameter.Group.EMBEDDING, value)
        : add(Parameter.table(name, value));
  }

  /** A new buffer: kept with the model, not trained. */
  public Tensor buffer(String name, Init init, int... dims) {
    checkNew(name);
    Tensor tensor = begin(name, init, dims);
    if (!isFrozen()) {
      buffers.put(name, tensor);
    }
    return tensor;
  }

  private Tensor begin(String name, Init init, int... dims) {
    if (isFrozen()) {
      return Tensor.wrap(trained.values(name, dims), Shape.of(dims));
    }
    Tensor tensor = Tensor.zeros(dims);
    if (rng != null) {
      init.fill(tensor, rng.split(name));
    }
    return tensor;
  }

  /** A new counter, one element, from 0. */
  public long[] counter(String name) {
    checkNew(name);
    long[] counter = new long[1];
    if (isFrozen()) {
      trained.counter(name);
    } else {
      counters.put(name, counter);
    }
    return counter;
  }

  /** Another name of a parameter, as FuxiCTR lists a shared table under both fields. */
  public void alias(String name, String target) {
    checkNew(name);
    if (isFrozen()) {
      trained.alias(name, target);
    } else {
      aliases.put(name, get(target).name());
    }
  }

  private Parameter add(Parameter parameter) {
    checkNew(parameter.name());
    parameters.put(parameter.name(), parameter);
    return parameter;
  }

  private void checkNew(String name) {
    if (parameters.containsKey(name)
        || buffers.containsKey(name)
        || counters.containsKey(name)
        || aliases.containsKey(name)) {
      throw new IllegalArgumentException("there is a parameter " + name + " already");
    }
  }

  /**
   * The parameter of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Parameter get(String name) {
    Parameter parameter = parameters.get(aliases.getOrDefault(name, name));
    if (parameter == null) {
      throw new IllegalArgumentException(
          "no parameter " + name + "; known: " + parameters.keySet());
    }
    return parameter;
  }

  /** All parameters, each once, in order of creation. */
  public Collection<Parameter> parameters() {
    return Collections.unmodifiableCollection(parameters.values());
  }

  /** All buffers by name, in order of creation; the tensors are shared. */
  public Map<String, Tensor> buffers() {
    return Collections.unmodifiableMap(buffers);
  }

  /** All counters by name, one element each, in order of creation; the arrays are shared. */
  public Map<String, long[]> counters() {
    return Collections.unmodifiableMap(counters);
  }

  /** Which parameter each further name stands for, in order of creation. */
  public Map<String, String> aliases() {
    return Collections.unmodifiableMap(aliases);
  }

  /** How many numbers are trained. */
  public long trainableCount() {
    return parameters.values().stream().mapToLong(p -> p.value().size()).sum();
  }
}
