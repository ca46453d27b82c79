package org.recallrank.bench.cases;

import org.recallrank.kernels.Kernels;

/**
 * One operation of one size on seeded inputs: benchmarks time {@link #run}, a test has checked what
 * it computes, and peers do the same work on the same inputs.
 *
 * <p>Inputs are made once, by the constructor. A case holds one set of outputs and belongs to one
 * thread at a time.
 */
public interface KernelCase {

  /**
   * What one run does.
   *
   * @param items what the field counts for this operation, such as multiply-adds, signatures, rows
   * @param unit of {@code items}, in the plural
   * @param flops floating-point operations; a multiply-add is two. NaN where they are not counted:
   *     an operation of many kernels is no point of a roofline
   * @param bytes that must cross the memory bus at least: each input read once, each output written
   *     once. NaN as above
   */
  record Work(double items, String unit, double flops, double bytes) {}

  /** Family and size, such as {@code gemm FORWARD_100 4096x400x100}. */
  String name();

  Work work();

  /** Whether somebody waits for a single run: then the slowest of them count, too. */
  default boolean isRequest() {
    return false;
  }

  /** Brings inputs that a run changes, and the outputs, back to where they were at first. */
  void reset();

  /**
   * Does the operation once.
   *
   * @return the output, for a benchmark to consume
   */
  Object run(Kernels kernels);

  /**
   * Compares every element of the output of one run after {@link #reset} with the oracle.
   *
   * @throws AssertionError naming the first element outside its bound
   */
  void compare();

  /** {@link #reset}, the operation once, by whomever, and {@link #compare}. */
  default void check(Runnable operation) {
    reset();
    operation.run();
    compare();
  }
}
