package org.recallrank.kernels.opencl;

import org.jocl.CL;
import org.jocl.cl_mem;

/** A piece of device memory. */
final class ClBuffer implements AutoCloseable {
  private final cl_mem memory;
  private final long bytes;
  private final ClHandle handle;

  ClBuffer(cl_mem memory, long bytes, ClContext context) {
    this.memory = memory;
    this.bytes = bytes;
    handle = context.own("a buffer", () -> CL.clReleaseMemObject(memory));
  }

  cl_mem memory() {
    return memory;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    handle.close();
  }
}
