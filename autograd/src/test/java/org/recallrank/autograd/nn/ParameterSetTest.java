package org.recallrank.autograd.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Parameter;
import org.recallrank.tensor.Rng;

class ParameterSetTest {
  private static ParameterSet set() {
    return new ParameterSet(new Rng(3));
  }

  @Test
  void firstValuesDependOnTheNameOnly() {
    ParameterSet one = set();
    one.dense("w", Parameter.Group.NETWORK, Init.normal(1), 3, 4);
    one.table("t", Init.normal(1), 5, 2);
    one.buffer("p", Init.normal(1), 6);
    ParameterSet other = set();
    other.buffer("p", Init.normal(1), 6);
    other.dense("more", Parameter.Group.NETWORK, Init.normal(1), 100);
    other.table("t", Init.normal(1), 5, 2);
    other.dense("w", Parameter.Group.NETWORK, Init.normal(1), 3, 4);
    assertThat(other.get("w").value().toArray()).isEqualTo(one.get("w").value().toArray());
    assertThat(other.get("t").value().toArray()).isEqualTo(one.get("t").value().toArray());
    assertThat(other.buffers().get("p").toArray()).isEqualTo(one.buffers().get("p").toArray());
    one.dense("v", Parameter.Group.NETWORK, Init.normal(1), 3, 4);
    assertThat(one.get("v").value().toArray()).isNotEqualTo(one.get("w").value().toArray());
  }

  @Test
  void anotherSeedGivesOtherValues() {
    ParameterSet one = set();
    ParameterSet other = new ParameterSet(new Rng(4));
    assertThat(one.dense("w", Parameter.Group.NETWORK, Init.normal(1), 3).value().toArray())
        .isNotEqualTo(
            other.dense("w", Parameter.Group.NETWORK, Init.normal(1), 3).value().toArray());
  }

  @Test
  void aBlankSetBeginsWithZeros() {
    ParameterSet blank = ParameterSet.blank();
    assertThat(blank.dense("w", Parameter.Group.NETWORK, Init.constant(1), 3).value().toArray())
        .containsExactly(0, 0, 0);
    assertThat(blank.table("t", Init.normal(1), 2, 1).value().toArray()).containsExactly(0, 0);
    assertThat(blank.buffer("b", Init.constant(1), 1).toArray()).containsExactly(0);
  }

  @Test
  void listsParametersOnceInTheOrderOfCreation() {
    ParameterSet set = set();
    set.dense("w", Parameter.Group.NETWORK, Init.constant(1), 3, 4);
    set.table("t", Init.constant(1), 5, 2);
    set.alias("u", "t");
    set.buffer("b", Init.constant(0), 7);
    set.counter("n");
    assertThat(set.parameters()).extracting(Parameter::name).containsExactly("w", "t");
    assertThat(set.trainableCount()).isEqualTo(22);
    assertThat(set.buffers()).containsOnlyKeys("b");
    assertThat(set.counters()).containsOnlyKeys("n");
    assertThat(set.get("t").isTable()).isTrue();
    assertThat(set.get("t").group()).isEqualTo(Parameter.Group.EMBEDDING);
  }

  @Test
  void anAliasIsTheSameParameter() {
    ParameterSet set = set();
    Parameter table = set.table("t", Init.constant(1), 5, 2);
    set.alias("u", "t");
    set.alias("v", "u");
    assertThat(set.get("u")).isSameAs(table);
    assertThat(set.get("v")).isSameAs(table);
    assertThat(set.aliases()).containsEntry("u", "t").containsEntry("v", "t");
  }

  @Test
  void namesAreGivenOnce() {
    ParameterSet set = set();
    set.dense("a", Parameter.Group.NETWORK, Init.constant(1), 1);
    set.buffer("b", Init.constant(1), 1);
    set.counter("c");
    set.alias("d", "a");
    for (String name : new String[] {"a", "b", "c", "d"}) {
      assertThatThrownBy(() -> set.table(name, Init.constant(1), 2, 2)).hasMessageContaining(name);
      assertThatThrownBy(() -> set.buffer(name, Init.constant(1), 2)).hasMessageContaining(name);
      assertThatThrownBy(() -> set.counter(name)).hasMessageContaining(name);
      assertThatThrownBy(() -> set.alias(name, "a")).hasMessageContaining(name);
    }
    assertThat(set.parameters()).hasSize(1);
  }

  @Test
  void anUnknownNameIsAnErrorThatNamesTheKnown() {
    ParameterSet set = set();
    set.dense("known", Parameter.Group.NETWORK, Init.constant(1), 1);
    assertThatThrownBy(() -> set.get("other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other")
        .hasMessageContaining("known");
    assertThatThrownBy(() -> set.alias("x", "other")).isInstanceOf(IllegalArgumentException.class);
  }
}
