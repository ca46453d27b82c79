/** Numeric kernels over views of arrays: scalar, SIMD and OpenCL, and the choice among them. */
module org.recallrank.kernels {
  requires static jdk.incubator.vector;
  requires static jocl;
  requires static java.management;
  requires static jdk.management;

  exports org.recallrank.kernels;

  uses org.recallrank.kernels.KernelProvider;

  provides org.recallrank.kernels.KernelProvider with
      org.recallrank.kernels.opencl.OpenClKernelProvider,
      org.recallrank.kernels.scalar.ScalarKernelProvider,
      org.recallrank.kernels.simd.SimdKernelProvider;
}
