package org.recallrank.bench.peers;

/**
 * What came of the search for a peer.
 *
 * @param found the peer, or null
 * @param missing why there is none, or null
 */
public record Peer<T>(T found, String missing) {
  static <T> Peer<T> of(T found) {
    return new Peer<>(found, null);
  }

  static <T> Peer<T> missing(String reason) {
    return new Peer<>(null, reason);
  }
}
