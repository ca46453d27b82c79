package org.recallrank.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * OpenBLAS of the system (Debian: libopenblas0), through its C interface. It chooses its kernels by
 * the processor when it is loaded, unless the environment variable OPENBLAS_CORETYPE names others.
 * A processor newer than the library gets the oldest kernels, so on one with AVX-512 the variable
 * is set here, where the user has not. {@link #description} tells which were taken.
 */
public final class OpenBlas implements Sgemm {
  private static final String LIBRARY = "libopenblas.so.0";
  private static final String FORCED_CORE = "OPENBLAS_CORETYPE";
  private static final String AVX_512_CORE = "SkylakeX";

  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;
  private static final int TRANSPOSE = 112;

  private final MethodHandle sgemm;
  private final MethodHandle setThreads;
  private final String description;
  private int threads;

  private OpenBlas() throws Throwable {
    String forced = System.getenv(FORCED_CORE);
    if (forced == null && hasAvx512()) {
      forced = AVX_512_CORE;
      NativeLibrary.setEnvironment(FORCED_CORE, forced);
    }
    NativeLibrary library = new NativeLibrary(LIBRARY);
    sgemm =
        library.function(
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT));
    setThreads = library.function("openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    FunctionDescriptor text = FunctionDescriptor.of(ADDRESS);
    String config =
        NativeLibrary.string(
            (MemorySegment) library.function("openblas_get_config", text).invokeExact());
    String core =
        NativeLibrary.string(
            (MemorySegment) library.function("openblas_get_corename", text).invokeExact());
    description =
        String.join(" ", Arrays.asList(config.split(" ")).subList(0, 2)) // name and version
            + ", kernels for "
            + core
            + (forced == null ? "" : " (" + FORCED_CORE + "=" + forced + ")");
  }

  private static boolean hasAvx512() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines.anyMatch(line -> line.startsWith("flags") && line.contains(" avx512dq "));
    } catch (IOException e) {
      return false; // not Linux: the library's own choice stands
    }
  }

  /** Loads the library. */
  public static Lookup<OpenBlas> find() {
    try {
      return Lookup.of(new OpenBlas());
    } catch (IllegalArgumentException e) {
      return Lookup.missing("OpenBLAS: " + e.getMessage() + " (Debian: libopenblas0)");
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
    try {
      if (threads != this.threads) {
        setThreads.invokeExact(threads);
        this.threads = threads;
      }
      sgemm.invokeExact(
          ROW_MAJOR,
          transposeA ? TRANSPOSE : NO_TRANSPOSE,
          transposeB ? TRANSPOSE : NO_TRANSPOSE,
          m,
          n,
          k,
          1f,
          a,
          lda,
          b,
          ldb,
          0f,
          c,
          ldc);
    } catch (Throwable e) {
      throw NativeLibrary.wrongCall(e);
    }
  }
}
