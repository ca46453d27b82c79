/**
 * The OpenCL backend, through JOCL. Only this package imports {@code org.jocl}, and {@link
 * org.recallrank.kernels.opencl.OpenClKernelProvider} loads without it. The kernels themselves are
 * the {@code .cl} resources of this package.
 */
package org.recallrank.kernels.opencl;
