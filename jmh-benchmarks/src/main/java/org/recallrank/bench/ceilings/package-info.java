/**
 * What this machine can do at most, measured: the lines of the roofline.
 *
 * <p>Beside the SIMD backend this is the one place that uses the Vector API. A ceiling is a
 * statement about the machine, so it must not depend on how far C2 unrolls a scalar loop (it stops
 * at half of the peak here), and it must not be taken from the kernels that are measured by it.
 */
package org.recallrank.bench.ceilings;
