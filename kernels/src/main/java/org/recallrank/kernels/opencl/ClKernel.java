package org.recallrank.kernels.opencl;

import java.util.List;
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
   * @param arguments int, float, boolean (as int), {@link ClBuffer} or {@link Local} each; a {@link
   *     ClScratch.Slice} stands for its buffer and where it starts, a {@link DeviceMatrix} for that
   *     and its steps, a list for its elements
   */
  void launch(long[] global, long[] group, Object... arguments) {
    for (long size : global) {
      if (size == 0) {
        return;
      }
    }
    set(0, List.of(arguments));
    context.command(
        name,
        0,
        event ->
            CL.clEnqueueNDRangeKernel(
                context.queue(), kernel, global.length, null, global, group, 0, null, event));
  }

  /** Sets an argument, or those it stands for, and returns the number of the next. */
  private int set(int i, Object argument) {
    return switch (argument) {
      case List<?> x -> {
        int next = i;
        for (Object element : x) {
          next = set(next, element);
        }
        yield next;
      }
      case ClScratch.Slice x -> set(set(i, x.buffer()), x.at());
      case DeviceMatrix x -> set(set(set(i, x.start()), x.rowStep()), x.columnStep());
      case Integer x -> set(i, Sizeof.cl_int, Pointer.to(new int[] {x}));
      case Boolean x -> set(i, Sizeof.cl_int, Pointer.to(new int[] {x ? 1 : 0}));
      case Float x -> set(i, Sizeof.cl_float, Pointer.to(new float[] {x}));
      case ClBuffer x -> set(i, Sizeof.cl_mem, Pointer.to(x.memory()));
      case Local x -> set(i, x.bytes(), null);
      default ->
          throw new IllegalArgumentException(
              "kernel " + name + ": argument " + i + " is a " + argument.getClass());
    };
  }

  private int set(int i, long bytes, Pointer value) {
    ClException.check(
        CL.clSetKernelArg(kernel, i, bytes, value), "argument " + i + " of kernel " + name);
    return i + 1;
  }
}
