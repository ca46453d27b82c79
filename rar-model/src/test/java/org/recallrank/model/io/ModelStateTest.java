package org.recallrank.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.tensor.Rng;

class ModelStateTest {
  private static ParameterSet set(long seed) {
    ParameterSet set = new ParameterSet(new Rng(seed));
    set.dense("w", Parameter.Group.NETWORK, Init.normal(1), 2, 3);
    set.table("t", Init.normal(1), 4, 2);
    set.alias("shared", "t");
    set.buffer("running", Init.normal(1), 3);
    set.counter("batches")[0] = seed;
    return set;
  }

  private final ParameterSet set = set(1);
  private final Map<String, StoredTensor> state = new LinkedHashMap<>(ModelState.of(set(2)));

  private void assertRefused(String... parts) {
    Map<String, StoredTensor> before = ModelState.of(set);
    long version = set.get("w").version();
    assertThatThrownBy(() -> ModelState.load(set, state, "file.safetensors"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("file.safetensors: ")
        .hasMessageContainingAll(parts);
    ModelState.of(set)
        .forEach(
            (name, tensor) -> {
              if (tensor.dtype() == StoredTensor.DType.I64) {
                assertThat(tensor.longs()).as(name).isEqualTo(before.get(name).longs());
              } else {
                assertThat(tensor.floats()).as(name).isEqualTo(before.get(name).floats());
              }
            });
    assertThat(set.get("w").version()).isEqualTo(version);
  }

  @Test
  void holdsEverythingUnderEachName() {
    assertThat(state.keySet()).containsExactly("w", "t", "shared", "running", "batches");
    assertThat(state.get("w").shape()).containsExactly(2, 3);
    assertThat(state.get("shared").floats()).isEqualTo(state.get("t").floats());
    assertThat(state.get("batches").longs()).containsExactly(2);
    assertThat(state.get("batches").shape()).isEmpty();
  }

  @Test
  void isACopy() {
    state.get("w").floats()[0] = 99;
    Map<String, StoredTensor> copy = ModelState.of(set);
    copy.get("w").floats()[0] = 99;
    copy.get("batches").longs()[0] = 99;
    assertThat(set.get("w").value().get(0)).isNotEqualTo(99);
    assertThat(set.counters().get("batches")).containsExactly(1);
  }

  @Test
  void loadsWhatItHolds() {
    long version = set.get("t").version();
    ModelState.load(set, state, "file.safetensors");
    ParameterSet other = set(2);
    for (String name : new String[] {"w", "t"}) {
      assertThat(set.get(name).value().toArray()).isEqualTo(other.get(name).value().toArray());
    }
    assertThat(set.buffers().get("running").toArray())
        .isEqualTo(other.buffers().get("running").toArray());
    assertThat(set.counters().get("batches")).containsExactly(2);
    assertThat(set.get("t").version()).as("derived data must be made anew").isGreaterThan(version);
  }

  @Test
  void constantMasksOfFuxiCtrAreIgnored() {
    state.put("triu_mask", StoredTensor.of(new boolean[] {true}, 1));
    ModelState.load(set, state, "file.safetensors");
    assertThat(set.counters().get("batches")).containsExactly(2);
  }

  @Test
  void countersMayBeMissing() {
    state.remove("batches");
    ModelState.load(set, state, "file.safetensors");
    assertThat(set.counters().get("batches")).containsExactly(1);
    assertThat(set.get("w").value().toArray()).isEqualTo(state.get("w").floats());
  }

  @Test
  void allThatDiffersIsNamed() {
    state.remove("w");
    state.put("running", StoredTensor.of(new float[4], 4));
    state.put("more", StoredTensor.of(new float[] {1}, 1));
    assertRefused(
        "does not fit the model in 3 tensors:\n"
            + "  w: expected F32[2, 3], found none\n"
            + "  running: expected F32[3], found F32[4]\n"
            + "  more: expected none, found F32[1]");
  }

  @Test
  void ofVeryManyDifferencesTheFirstAreNamed() {
    for (int i = 0; i < 30; i++) {
      state.put("more" + i, StoredTensor.of(new float[] {1}, 1));
    }
    assertRefused("in 30 tensors:", "more19: expected none, found F32[1]\n  and 10 more");
  }

  @Test
  void transposedShapesDiffer() {
    state.put("w", StoredTensor.of(new float[6], 3, 2));
    assertRefused("in 1 tensor:\n  w: expected F32[2, 3], found F32[3, 2]");
  }

  /** The last tensor is wrong: those before it must not have been taken over. */
  @Test
  void wrongTypesAreNamed() {
    state.put("batches", StoredTensor.of(new float[] {1}));
    assertRefused("batches: expected I64[], found F32[]");
  }

  /** One parameter cannot hold two values. */
  @Test
  void aSharedTableIsTheSameUnderEachName() {
    state.put("shared", StoredTensor.of(new float[8], 4, 2));
    assertRefused("shared: expected the values of t, found others");
  }
}
