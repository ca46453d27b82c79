/**
 * Numeric kernels over primitive arrays: one interface per family, one implementation per backend.
 *
 * <p>{@link org.recallrank.kernels.Kernels} is a whole backend; {@code KernelSelector} picks one.
 */
package org.recallrank.kernels;
