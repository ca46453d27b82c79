package org.recallrank.cli.serve;

/**
 * What a path offers.
 *
 * @param method the only one it takes
 * @param alwaysAnswered also while the service stops
 */
record Route(String method, boolean alwaysAnswered, Endpoint endpoint) {
  static Route get(Endpoint endpoint) {
    return new Route("GET", true, endpoint);
  }

  static Route post(Endpoint endpoint) {
    return new Route("POST", false, endpoint);
  }
}
