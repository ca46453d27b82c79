package org.recallrank.bench.compare;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * How long single requests took.
 *
 * @param p50 seconds that half of them did not exceed
 * @param p99 seconds that 99 of 100 did not exceed
 */
record Latency(double p50, double p99) {

  /**
   * Over all rounds together.
   *
   * @param rounds seconds of each request in each round
   */
  static Latency of(double[]... rounds) {
    double[] sorted = Stream.of(rounds).flatMapToDouble(Arrays::stream).sorted().toArray();
    return new Latency(Quartiles.at(sorted, 0.5), Quartiles.at(sorted, 0.99));
  }
}
