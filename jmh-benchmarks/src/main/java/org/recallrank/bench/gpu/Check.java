package org.recallrank.bench.gpu;

import java.util.List;

/**
 * One case compared with its oracle, element by element.
 *
 * @param kernels that the device ran for it, by name
 * @param failure what was wrong, or null
 */
record Check(String name, List<String> kernels, String failure) {
  boolean passed() {
    return failure == null;
  }
}
