package org.recallrank.autograd.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * Everything a model has learnt, by name and in order of creation: parameters, buffers (running
 * statistics), counters, and names that stand for a parameter of another name.
 *
 * <p>Each parameter starts from a generator split by its name, so its first value does not depend
 * on what else the model has.
 *
 * <p>Any number of threads may read a set while none adds to it and none writes values.
 */
public final class ParameterSet {
  private final Rng rng; // null: whatever begins, begins as zeros
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, long[]> counters = new LinkedHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();

  /** An empty set, whose parameters will begin by generators split from this one. */
  public ParameterSet(Rng rng) {
    this.rng = rng;
  }

  /** A set whose values all begin as zero: quicker to make where others are loaded into it. */
  public static ParameterSet blank() {
    return new ParameterSet(null);
  }

  /** A new parameter with a dense gradient. */
  public Parameter dense(String name, Parameter.Group group, Init init, int... dims) {
    return add(Parameter.dense(name, group, begin(name, init, dims)));
  }

  /** A new embedding table [rows, dim]. */
  public Parameter table(String name, Init init, int rows, int dim) {
    return add(Parameter.table(name, begin(name, init, rows, dim)));
  }

  /** A new buffer: kept with the model, not trained. */
  public Tensor buffer(String name, Init init, int... dims) {
    checkNew(name);
    Tensor tensor = begin(name, init, dims);
    buffers.put(name, tensor);
    return tensor;
  }

  private Tensor begin(String name, Init init, int... dims) {
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
    counters.put(name, counter);
    return counter;
  }

  /** Another name of a parameter, as FuxiCTR lists a shared table under both fields. */
  public void alias(String name, String target) {
    checkNew(name);
    aliases.put(name, get(target).name());
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
