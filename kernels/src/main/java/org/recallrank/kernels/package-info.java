/**
 * Numeric kernels: one interface per family over views of arrays ({@link
 * org.recallrank.kernels.Matrix}, {@link org.recallrank.kernels.Vec}, ..), the workers they run on,
 * and the choice of a backend ({@link org.recallrank.kernels.KernelSelector}).
 *
 * <p>A {@link org.recallrank.kernels.Kernels} and its families may be shared by any number of
 * threads that write to arrays of their own.
 */
package org.recallrank.kernels;
