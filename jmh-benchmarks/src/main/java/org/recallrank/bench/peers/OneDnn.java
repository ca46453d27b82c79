package org.recallrank.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * oneDNN of the system (Debian: libdnnl2). It generates its kernels for the processor at run time
 * and takes its threads from OpenMP, whose library it brings along.
 */
public final class OneDnn implements Sgemm {
  private static final String LIBRARY = "libdnnl.so.2";
  private static final String OPEN_MP = "libgomp.so.1";

  private static final byte NO_TRANSPOSE = 'N';
  private static final byte TRANSPOSE = 'T';
  private static final int SUCCESS = 0;

  private final MethodHandle sgemm;
  private final MethodHandle setThreads;
  private final String description;

  private OneDnn() throws Throwable {
    NativeLibrary library = new NativeLibrary(LIBRARY);
    sgemm =
        library.function(
            "dnnl_sgemm",
            FunctionDescriptor.of(
                JAVA_INT,
                JAVA_BYTE,
                JAVA_BYTE,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_LONG,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_LONG,
                ADDRESS,
                JAVA_LONG,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_LONG));
    setThreads =
        new NativeLibrary(OPEN_MP)
            .function("omp_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    description = "oneDNN " + version(library) + ", kernels for " + instructionSet(library);
  }

  @SuppressWarnings("restricted")
  private static String version(NativeLibrary library) throws Throwable {
    MemorySegment address =
        (MemorySegment)
            library.function("dnnl_version", FunctionDescriptor.of(ADDRESS)).invokeExact();
    MemorySegment numbers = address.reinterpret(3 * JAVA_INT.byteSize());
    return numbers.getAtIndex(JAVA_INT, 0)
        + "."
        + numbers.getAtIndex(JAVA_INT, 1)
        + "."
        + numbers.getAtIndex(JAVA_INT, 2);
  }

  private static String instructionSet(NativeLibrary library) throws Throwable {
    int isa =
        (int)
            library
                .function("dnnl_get_effective_cpu_isa", FunctionDescriptor.of(JAVA_INT))
                .invokeExact();
    MemorySegment name =
        (MemorySegment)
            library
                .function("dnnl_cpu_isa2str", FunctionDescriptor.of(ADDRESS, JAVA_INT))
                .invokeExact(isa);
    return NativeLibrary.string(name);
  }

  /** Loads the library. */
  public static Lookup<OneDnn> find() {
    try {
      return Lookup.of(new OneDnn());
    } catch (IllegalArgumentException e) {
      return Lookup.missing("oneDNN: " + e.getMessage() + " (Debian: libdnnl2)");
    } catch (Throwable e) {
      throw NativeLibrary.wrongCall(e);
    }
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void sgemm(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      MemorySegment a,
      int lda,
      MemorySegment b,
      int ldb,
      MemorySegment c,
      int ldc,
      int threads) {
    int status;
    try {
      setThreads.invokeExact(threads); // OpenMP keeps it per calling thread
      status =
          (int)
              sgemm.invokeExact(
                  transposeA ? TRANSPOSE : NO_TRANSPOSE,
                  transposeB ? TRANSPOSE : NO_TRANSPOSE,
                  (long) m,
                  (long) n,
                  (long) k,
                  1f,
                  a,
                  (long) lda,
                  b,
                  (long) ldb,
                  0f,
                  c,
                  (long) ldc);
    } catch (Throwable e) {
      throw NativeLibrary.wrongCall(e);
    }
    if (status != SUCCESS) {
      throw new IllegalArgumentException("dnnl_sgemm refused its arguments, status " + status);
    }
  }
}
