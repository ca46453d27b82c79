package org.recallrank.bench.peers;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.KernelCase;

/** Matrix products by a native library of the system, on memory outside the heap. */
public final class SgemmPeer implements Peer {
  private static final long CACHE_LINE = 64;

  private final Sgemm library;

  private SgemmPeer(Sgemm library) {
    this.library = library;
  }

  /** A peer of what was found, or one that says what is missing. */
  public static Peer of(String name, Lookup<? extends Sgemm> lookup) {
    return lookup.found() == null
        ? new Missing(name, lookup.missing(), GemmCase.class)
        : new SgemmPeer(lookup.found());
  }

  @Override
  public String name() {
    return library.description();
  }

  @Override
  public String missing() {
    return null;
  }

  @Override
  public boolean knows(KernelCase operation) {
    return operation instanceof GemmCase;
  }

  @Override
  public Contender enter(KernelCase operation, int threads) {
    return new Product((GemmCase) operation, threads);
  }

  private final class Product implements Contender {
    private final GemmCase gemm;
    private final int threads;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment a;
    private final MemorySegment b;
    private final MemorySegment c;

    Product(GemmCase gemm, int threads) {
      this.gemm = gemm;
      this.threads = threads;
      a = copy(gemm.a);
      b = copy(gemm.b);
      c = copy(gemm.c);
    }

    private MemorySegment copy(float[] values) {
      MemorySegment segment = arena.allocate((long) Float.BYTES * values.length, CACHE_LINE);
      MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
      return segment;
    }

    @Override
    public void run() {
      library.sgemm(
          gemm.transposeA,
          gemm.transposeB,
          gemm.m,
          gemm.n,
          gemm.k,
          a,
          gemm.lda(),
          b,
          gemm.ldb(),
          c,
          gemm.n,
          threads);
    }

    @Override
    public void collect() {
      MemorySegment.copy(c, ValueLayout.JAVA_FLOAT, 0, gemm.c, 0, gemm.c.length);
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
