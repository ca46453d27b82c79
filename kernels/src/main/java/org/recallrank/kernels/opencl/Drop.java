package org.recallrank.kernels.opencl;

import java.util.List;
import org.recallrank.kernels.CounterHash;

/**
 * Dropout as the kernels of {@code dense.cl} take it.
 *
 * @param threshold of {@link CounterHash}; 0 drops nothing
 * @param scale of what is kept
 * @param low half of the seed
 * @param high half of the seed
 */
record Drop(int threshold, float scale, int low, int high) {
  /** In the order of the kernels. */
  List<Object> arguments() {
    return List.of(threshold, scale, low, high);
  }

  static Drop of(float p, long seed) {
    return new Drop(CounterHash.threshold(p), 1f / (1f - p), (int) seed, (int) (seed >>> 32));
  }
}
