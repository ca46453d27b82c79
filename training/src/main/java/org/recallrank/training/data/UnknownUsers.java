package org.recallrank.training.data;

import java.util.function.ToIntFunction;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;

/** Numbers users that training has not seen in the order in which they come, from 0. */
final class UnknownUsers implements ToIntFunction<String> {
  private final ObjectIntHashMap<String> numbers = new ObjectIntHashMap<>();

  @Override
  public int applyAsInt(String user) {
    return numbers.getIfAbsentPut(user, numbers.size());
  }
}
