package org.recallrank.kernels.opencl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.recallrank.kernels.Matrix;

/**
 * A context on one device with one queue, which runs its commands in order; programs, kernels and
 * buffers hang on it and go with it, last made first.
 *
 * <p>A kernel's arguments are state, so several threads must not use a context at once: whoever
 * enqueues holds its monitor.
 */
class ClContext implements AutoCloseable {
  private final ClDevice device;
  private final LinkedHashSet<ClHandle> open = new LinkedHashSet<>();
  private final Map<String, cl_program> programs = new HashMap<>();
  private final Map<String, ClKernel> kernels = new HashMap<>();
  private final ClProfile profile = new ClProfile();
  private final ClResidents residents = new ClResidents(this);
  private final cl_context context;
  private final cl_command_queue queue;
  private boolean closed;

  ClContext(ClDevice device) {
    this.device = device;
    int[] code = new int[1];
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, device.platform());
    context = CL.clCreateContext(properties, 1, new cl_device_id[] {device.id()}, null, null, code);
    ClException.check(code[0], "making a context on " + device.name());
    own("a context", () -> CL.clReleaseContext(context));
    queue = queue(code);
    try {
      ClException.check(code[0], "making a queue on " + device.name());
    } catch (ClException e) {
      close();
      throw e;
    }
    own("a queue", () -> CL.clReleaseCommandQueue(queue));
  }

  /**
   * By the function that devices of OpenCL 1.2 have too, not by the one that replaced it in 2.0.
   */
  @SuppressWarnings("deprecation")
  private cl_command_queue queue(int[] code) {
    return CL.clCreateCommandQueue(context, device.id(), CL.CL_QUEUE_PROFILING_ENABLE, code);
  }

  ClDevice device() {
    return device;
  }

  cl_command_queue queue() {
    return queue;
  }

  ClProfile profile() {
    return profile;
  }

  ClResidents residents() {
    return residents;
  }

  /** How many handles of the driver are open: context, queue, programs, kernels, buffers. */
  synchronized int liveHandles() {
    return open.size();
  }

  ClHandle own(String what, IntSupplier release) {
    return new ClHandle(open, what, release);
  }

  /**
   * A buffer that holds anything.
   *
   * @throws IllegalStateException if it is larger than the device allows
   */
  synchronized ClBuffer allocate(long bytes) {
    checkOpen();
    if (bytes > device.maxAllocation()) {
      throw new IllegalStateException(
          ("OpenCL: a buffer of %s bytes is needed, but %s allows at most %s in one; make the"
                  + " batch or the pool smaller")
              .formatted(bytes, device.name(), device.maxAllocation()));
    }
    int[] code = new int[1];
    cl_mem memory =
        CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, Math.max(4, bytes), null, code);
    ClException.check(code[0], "allocating " + bytes + " bytes on " + device.name());
    return new ClBuffer(memory, bytes, this);
  }

  /**
   * A new buffer with n elements of an array: for small ones, as it spares the queue a command and
   * the caller a wait.
   */
  ClBuffer copyOf(Object array, long at, int n) {
    checkOpen();
    int size = size(array);
    int[] code = new int[1];
    cl_mem memory =
        CL.clCreateBuffer(
            context,
            CL.CL_MEM_READ_ONLY | CL.CL_MEM_COPY_HOST_PTR,
            (long) n * size,
            pointer(array).withByteOffset(at * size),
            code);
    ClException.check(code[0], "copying " + (long) n * size + " bytes to " + device.name());
    return new ClBuffer(memory, (long) n * size, this);
  }

  /**
   * A kernel of a program resource, which is built at its first use.
   *
   * @param file such as {@code gemm.cl}
   * @param options of the OpenCL compiler, such as {@code -D MP=8}
   */
  synchronized ClKernel kernel(String file, String options, String name) {
    checkOpen();
    String key = file + " " + options;
    return kernels.computeIfAbsent(
        key + " " + name,
        all -> {
          cl_program program =
              programs.computeIfAbsent(key, p -> build(file, source(file), options));
          int[] code = new int[1];
          cl_kernel kernel = CL.clCreateKernel(program, name, code);
          ClException.check(code[0], "making kernel " + name + " of " + file);
          own("kernel " + name, () -> CL.clReleaseKernel(kernel));
          return new ClKernel(this, kernel, name);
        });
  }

  private static String source(String file) {
    try (InputStream in = ClContext.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("OpenCL: resource " + file + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Compiles a program.
   *
   * @throws IllegalStateException with the compiler's log if that fails
   */
  cl_program build(String what, String source, String options) {
    int[] code = new int[1];
    cl_program program =
        CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, code);
    ClException.check(code[0], "making the program of " + what);
    ClHandle handle = own("program " + what, () -> CL.clReleaseProgram(program));
    int built =
        CL.clBuildProgram(program, 1, new cl_device_id[] {device.id()}, options, null, null);
    if (built != CL.CL_SUCCESS) {
      String log = buildLog(program);
      handle.close();
      ClException.check(
          built, "building " + what + " (options '" + options + "') for " + device.name() + log);
    }
    return program;
  }

  private String buildLog(cl_program program) {
    long[] size = new long[1];
    int code =
        CL.clGetProgramBuildInfo(program, device.id(), CL.CL_PROGRAM_BUILD_LOG, 0, null, size);
    if (code != CL.CL_SUCCESS || size[0] <= 1) {
      return " (without a log)";
    }
    byte[] bytes = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(
        program, device.id(), CL.CL_PROGRAM_BUILD_LOG, bytes.length, Pointer.to(bytes), null);
    return ", whose compiler says:\n" + ClDevice.decode(bytes) + "\n";
  }

  /** Enqueues one command and, where a profile is wanted, remembers its event. */
  void command(String what, long bytes, ToIntFunction<cl_event> enqueue) {
    checkOpen();
    if (!profile.on()) {
      ClException.check(enqueue.applyAsInt(null), what);
      return;
    }
    cl_event event = new cl_event();
    ClException.check(enqueue.applyAsInt(event), what);
    profile.add(what, bytes, event);
  }

  /** Copies n elements of 4 bytes (8 for long) of an array to the start of a buffer. */
  void write(ClBuffer to, Object array, long at, long n) {
    if (n > 0) {
      int size = size(array);
      command(
          "upload",
          n * size,
          event ->
              CL.clEnqueueWriteBuffer(
                  queue,
                  to.memory(),
                  true,
                  0,
                  n * size,
                  pointer(array).withByteOffset(at * size),
                  0,
                  null,
                  event));
    }
  }

  /** Copies n elements from element {@code from} of a buffer on to an array. */
  void read(ClBuffer buffer, long from, Object array, long at, long n) {
    if (n > 0) {
      int size = size(array);
      command(
          "download",
          n * size,
          event ->
              CL.clEnqueueReadBuffer(
                  queue,
                  buffer.memory(),
                  true,
                  from * size,
                  n * size,
                  pointer(array).withByteOffset(at * size),
                  0,
                  null,
                  event));
    }
  }

  /** Copies a matrix, which must not be transposed, to the start of a buffer; dense there. */
  void writeRows(ClBuffer to, Matrix x) {
    if (x.dense()) {
      write(to, x.data(), x.offset(), x.size());
    } else if (x.size() > 0) {
      command(
          "upload",
          4L * x.size(),
          event ->
              CL.clEnqueueWriteBufferRect(
                  queue,
                  to.memory(),
                  true,
                  new long[3],
                  new long[3],
                  new long[] {4L * x.cols(), x.rows(), 1},
                  4L * x.cols(),
                  0,
                  4L * x.stride(),
                  0,
                  Pointer.to(x.data()).withByteOffset(4L * x.offset()),
                  0,
                  null,
                  event));
    }
  }

  /** The opposite of {@link #writeRows}; what lies between the rows stays as it is. */
  void readRows(ClBuffer from, Matrix x) {
    if (x.dense()) {
      read(from, 0, x.data(), x.offset(), x.size());
    } else if (x.size() > 0) {
      command(
          "download",
          4L * x.size(),
          event ->
              CL.clEnqueueReadBufferRect(
                  queue,
                  from.memory(),
                  true,
                  new long[3],
                  new long[3],
                  new long[] {4L * x.cols(), x.rows(), 1},
                  4L * x.cols(),
                  0,
                  4L * x.stride(),
                  0,
                  Pointer.to(x.data()).withByteOffset(4L * x.offset()),
                  0,
                  null,
                  event));
    }
  }

  static int size(Object array) {
    return array instanceof long[] ? Sizeof.cl_long : Sizeof.cl_int;
  }

  private static Pointer pointer(Object array) {
    return switch (array) {
      case float[] x -> Pointer.to(x);
      case int[] x -> Pointer.to(x);
      case long[] x -> Pointer.to(x);
      default -> throw new IllegalArgumentException("no device array: " + array.getClass());
    };
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException(
          "OpenCL: the context is closed, with the workers it came with");
    }
  }

  /** Waits for the queue; returns OpenCL's return code. */
  int finish() {
    return CL.clFinish(queue);
  }

  /**
   * Waits for the queue and releases every handle, last made first.
   *
   * @throws ClException after the last one, if the driver refused any, as that of a lost device may
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Runnable> steps = new ArrayList<>();
    if (queue != null) {
      steps.add(() -> ClException.check(finish(), "ending the queue"));
    }
    steps.add(profile::release);
    open.reversed().forEach(handle -> steps.add(handle::close));
    ClException failure = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (ClException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
