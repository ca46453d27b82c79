package org.recallrank.cli.serve;

/** Answers the requests of one path. Any number of threads may call it. */
@FunctionalInterface
interface Endpoint {
  /**
   * The answer to a request.
   *
   * @param body all of it; empty if there is none
   * @throws RequestException if the request is refused
   * @throws InterruptedException if its time is up
   */
  Reply answer(byte[] body) throws InterruptedException;
}
