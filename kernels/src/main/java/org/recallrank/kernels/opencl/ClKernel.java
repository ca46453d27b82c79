package org.recallrank.kernels.opencl;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/** A kernel of a program, and its launch. */
final class ClKernel {
  private final ClContext context;
  private final cl_kernel kernel;
  private final String name;

  ClKernel(ClContext context, cl_kernel kernel, String name) {
    this.context = context;
    this.kernel = kernel;
    this.name = name;
  }

  /** Local memory of so many bytes, as an argument. */
  record Local(long bytes) {}

  /**
   * Enqueues the kernel behind all before it.
   *
   * @param global work-items per dimension; with a 0 nothing happens
   * @param group work-items of a group per dimension, or null to leave it to the driver
   * @param arguments int, float, boolean (as int), {@link ClBuffer} or {@link Local} each
   */
  void launch(long[] global, long[] group, Object... arguments) {
    for (long size : global) {
      if (size == 0) {
        return;
      }
    }
    for (int i = 0; i < arguments.length; i++) {
      ClException.check(set(i, arguments[i]), "argument " + i + " of kernel " + name);
    }
    context.command(
        name,
        0,
        event ->
            CL.clEnqueueNDRangeKernel(
                context.queue(), kernel, global.length, null, global, group, 0, null, event));
  }

  private int set(int i, Object argument) {
    return switch (argument) {
      case Integer x -> CL.clSetKernelArg(kernel, i, Sizeof.cl_int, Pointer.to(new int[] {x}));
      case Boolean x ->
          CL.clSetKernelArg(kernel, i, Sizeof.cl_int, Pointer.to(new int[] {x ? 1 : 0}));
      case Float x -> CL.clSetKernelArg(kernel, i, Sizeof.cl_float, Pointer.to(new float[] {x}));
      case ClBuffer x -> CL.clSetKernelArg(kernel, i, Sizeof.cl_mem, Pointer.to(x.memory()));
      case Local x -> CL.clSetKernelArg(kernel, i, x.bytes(), null);
      default ->
          throw new IllegalArgumentException(
              "kernel " + name + ": argument " + i + " is a " + argument.getClass());
    };
  }
}
