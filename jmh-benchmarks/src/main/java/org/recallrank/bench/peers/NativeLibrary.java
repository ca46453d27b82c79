package org.recallrank.bench.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** A shared library of the system; it stays loaded. */
final class NativeLibrary {
  private final String name;
  private final SymbolLookup symbols;

  /**
   * @param name as the dynamic loader knows it, such as libopenblas.so.0
   * @throws IllegalArgumentException if there is none
   */
  @SuppressWarnings("restricted")
  NativeLibrary(String name) {
    this.name = name;
    symbols = SymbolLookup.libraryLookup(name, Arena.global());
  }

  /**
   * @throws IllegalArgumentException if the library has no such function
   */
  @SuppressWarnings("restricted")
  MethodHandle function(String symbol, FunctionDescriptor type) {
    MemorySegment address =
        symbols
            .find(symbol)
            .orElseThrow(() -> new IllegalArgumentException(name + " has no function " + symbol));
    return Linker.nativeLinker().downcallHandle(address, type);
  }

  /** Sets an environment variable for libraries that are loaded afterwards. */
  @SuppressWarnings("restricted")
  static void setEnvironment(String name, String value) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle setenv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int failed = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
      if (failed != 0) {
        throw new IllegalStateException("could not set " + name + "=" + value);
      }
    }
  }

  /** The zero-terminated string at an address that a function returned. */
  @SuppressWarnings("restricted")
  static String string(MemorySegment address) {
    return address.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** What a call of a function threw: native ones throw nothing, so it was called wrongly. */
  static AssertionError wrongCall(Throwable cause) {
    return new AssertionError("native call failed: " + cause.getMessage(), cause);
  }
}
