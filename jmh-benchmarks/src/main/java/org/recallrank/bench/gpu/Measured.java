package org.recallrank.bench.gpu;

import org.recallrank.bench.cases.KernelCase.Work;
import org.recallrank.bench.compare.Duel;
import org.recallrank.bench.compare.Quartiles;
import org.recallrank.kernels.Device;

/**
 * The speed of one operation.
 *
 * @param work of one run
 * @param deviceSeconds of one run's kernels by the device's clock, without transfers; NaN where it
 *     is not told apart
 * @param duel whole calls, ours on the device and theirs on the host, transfers included
 * @param note what else was seen, or null
 */
record Measured(String name, Work work, double deviceSeconds, Duel duel, String note) {

  /** Seconds of a whole call, median over the rounds. */
  double callSeconds() {
    return Quartiles.of(duel.ours()).median();
  }

  double simdSeconds() {
    return Quartiles.of(duel.theirs()).median();
  }

  /** How many times as fast as SIMD a whole call is. */
  Quartiles ratio() {
    return Quartiles.of(duel.ratios());
  }

  /**
   * How much of what the device can do at most its kernels did: of its floating-point operations or
   * of its memory's bandwidth, whichever limits this work. NaN where that is not known.
   */
  double shareOfLimit(Device.Ceilings limits) {
    double least = Math.max(work.flops() / limits.flops(), work.bytes() / limits.copyBytes());
    return least / deviceSeconds;
  }

  /** What is done per second: floating-point operations of matrix products, items else. */
  double rate(double seconds) {
    return (isProduct() ? work.flops() : work.items()) / seconds;
  }

  String unit() {
    return isProduct() ? "FLOP/s" : work.unit() + "/s";
  }

  private boolean isProduct() {
    return work.unit().equals("multiply-adds");
  }
}
