package org.recallrank.bench.peers;

/**
 * What came of the search for a native library.
 *
 * @param found what calls it, or null
 * @param missing why there is none, or null
 */
public record Lookup<T>(T found, String missing) {
  static <T> Lookup<T> of(T found) {
    return new Lookup<>(found, null);
  }

  static <T> Lookup<T> missing(String reason) {
    return new Lookup<>(null, reason);
  }
}
