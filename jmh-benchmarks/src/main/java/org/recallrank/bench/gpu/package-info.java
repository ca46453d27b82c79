/**
 * The OpenCL backend on a device: its kernels against their oracles, and its speed beside the SIMD
 * backend's on the same machine and the device's own limits.
 */
package org.recallrank.bench.gpu;
