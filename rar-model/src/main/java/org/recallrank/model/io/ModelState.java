package org.recallrank.model.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.io.StoredTensor.DType;
import org.recallrank.tensor.Tensor;

/** Carries everything a model has learnt into named tensors and back, under FuxiCTR's names. */
public final class ModelState {
  private static final int SHOWN = 20;

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
    return StoredTensor.of(tensor.toArray(), shape(tensor));
  }

  private static long[] shape(Tensor tensor) {
    return Arrays.stream(tensor.shape().toArray()).asLongStream().toArray();
  }

  /**
   * Replaces all parameters, buffers and counters. A counter may be missing (older PyTorch has
   * none) and keeps its value then; tensors of type BOOL are constant masks of FuxiCTR and are left
   * out.
   *
   * @param source where the tensors come from, for messages
   * @throws DataException naming the missing, unknown and ill-shaped tensors; nothing has changed
   *     then
   */
  public static void load(ParameterSet set, Map<String, StoredTensor> state, String source) {
    List<String> differences = differences(set, state);
    if (!differences.isEmpty()) {
      throw new DataException(
          source
              + ": does not fit the model in "
              + differences.size()
              + (differences.size() == 1 ? " tensor:" : " tensors:")
              + differences.stream()
                  .limit(SHOWN)
                  .map(line -> "\n  " + line)
                  .collect(Collectors.joining())
              + (differences.size() > SHOWN
                  ? "\n  and " + (differences.size() - SHOWN) + " more"
                  : ""));
    }
    for (Parameter p : set.parameters()) {
      p.value().copyFrom(state.get(p.name()).floats());
      p.touch();
    }
    set.buffers().forEach((name, tensor) -> tensor.copyFrom(state.get(name).floats()));
    set.counters()
        .forEach(
            (name, counter) -> {
              if (state.containsKey(name)) {
                counter[0] = state.get(name).longs()[0];
              }
            });
  }

  /** In which tensors a state is not one of this set, the set's own first. */
  private static List<String> differences(ParameterSet set, Map<String, StoredTensor> state) {
    Map<String, String> expected = types(set);
    List<String> differences = new ArrayList<>();
    expected.forEach(
        (name, type) -> {
          StoredTensor found = state.get(name);
          if (found == null ? !set.counters().containsKey(name) : !type.equals(found.toString())) {
            differences.add(name + ": expected " + type + ", found " + text(found));
          }
        });
    state.forEach(
        (name, found) -> {
          if (!expected.containsKey(name) && found.dtype() != DType.BOOL) {
            differences.add(name + ": expected none, found " + found);
          }
        });
    if (differences.isEmpty()) {
      set.aliases()
          .forEach(
              (alias, target) -> {
                if (!Arrays.equals(state.get(alias).floats(), state.get(target).floats())) {
                  differences.add(alias + ": expected the values of " + target + ", found others");
                }
              });
    }
    return differences;
  }

  private static String text(StoredTensor found) {
    return found == null ? "none" : found.toString();
  }

  /** What each tensor of {@link #of} is, as {@link StoredTensor#toString} says it. */
  private static Map<String, String> types(ParameterSet set) {
    Map<String, String> types = new LinkedHashMap<>();
    for (Parameter p : set.parameters()) {
      types.put(p.name(), type(p.value()));
    }
    set.aliases().forEach((alias, target) -> types.put(alias, type(set.get(target).value())));
    set.buffers().forEach((name, tensor) -> types.put(name, type(tensor)));
    set.counters().forEach((name, counter) -> types.put(name, DType.I64 + "[]"));
    return types;
  }

  private static String type(Tensor tensor) {
    return DType.F32 + Arrays.toString(shape(tensor));
  }
}
