/**
 * Numeric kernels over primitive arrays: one interface per family, the workers they run on, and the
 * choice of a backend ({@link org.recallrank.kernels.KernelSelector}).
 *
 * <p>A class {@code XxxBase} holds what all backends share of a family: argument checks, the
 * cutting into chunks, the order of partial sums. A backend adds the loops.
 */
package org.recallrank.kernels;
