/** The matrix products of the Vector API backend: packing, blocking and the tiles inside. */
package org.recallrank.kernels.simd.gemm;
