package org.recallrank.model.io;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.io.StoredTensor.DType;
import org.recallrank.tensor.Tensor;

/** Carries everything a model has learnt into named tensors and back, under FuxiCTR's names. */
public final class ModelState {
  private ModelState() {}

  /** A copy of all parameters, buffers and counters; a shared table under each of its names. */
  public static Map<String, StoredTensor> of(ParameterSet set) {
    Map<String, StoredTensor> state = new LinkedHashMap<>();
    for (Parameter p : set.parameters()) {
      state.put(p.name(), copy(p.value()));
    }
    set.aliases().forEach((alias, target) -> state.put(alias, copy(set.get(target).value())));
    set.buffers().forEach((name, tensor) -> state.put(name, copy(tensor)));
    set.counters()
        .forEach((name, counter) -> state.put(name, StoredTensor.of(counter.clone(), new long[0])));
    return state;
  }

  private static StoredTensor copy(Tensor tensor) {
    int[] dims = tensor.shape().toArray();
    long[] shape = new long[dims.length];
    for (int axis = 0; axis < dims.length; axis++) {
      shape[axis] = dims[axis];
    }
    return StoredTensor.of(tensor.toArray(), shape);
  }

  /**
   * Replaces all parameters, buffers and counters.
   *
   * @param source where the tensors come from, for messages
   * @throws DataException naming the first missing, unknown or ill-shaped tensor; nothing has
   *     changed then
   */
  public static void load(ParameterSet set, Map<String, StoredTensor> state, String source) {
    Map<String, StoredTensor> expected = of(set);
    Set<String> missing = new TreeSet<>(expected.keySet());
    missing.removeAll(state.keySet());
    Set<String> extra = new TreeSet<>(state.keySet());
    extra.removeAll(expected.keySet());
    extra.removeIf(name -> state.get(name).dtype() == DType.BOOL); // constant masks of FuxiCTR
    if (!missing.isEmpty() || !extra.isEmpty()) {
      throw new DataException(
          source
              + ": does not fit the model; missing: "
              + missing
              + ", not in the model: "
              + extra);
    }
    expected.forEach(
        (name, own) -> {
          if (!own.toString().equals(state.get(name).toString())) {
            throw new DataException(
                source + ": " + name + ": expected " + own + ", found " + state.get(name));
          }
        });
    for (Parameter p : set.parameters()) {
      p.value().copyFrom(state.get(p.name()).floats());
      p.touch();
    }
    set.buffers().forEach((name, tensor) -> tensor.copyFrom(state.get(name).floats()));
    set.counters().forEach((name, counter) -> counter[0] = state.get(name).longs()[0]);
  }
}
