package org.recallrank.bench.peers.maven;

import dev.ludovic.netlib.blas.JavaBLAS;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.peers.Contender;

/**
 * netlib's BLAS in Java, with the Vector API where the JVM has it; on one thread always. (Its
 * native side would be the system's BLAS.)
 */
public final class NetlibPeer extends GemmPeer {
  public NetlibPeer() {
    super("netlib 3.2.0 " + JavaBLAS.getInstance().getClass().getSimpleName());
  }

  @Override
  Contender enter(GemmCase gemm, int threads) {
    JavaBLAS blas = JavaBLAS.getInstance();
    float[] c = new float[gemm.c.length];
    return new Contender() {
      /** Column-major: C^T = op(B)^T op(A)^T. */
      @Override
      public void run() {
        blas.sgemm(
            gemm.transposeB ? "T" : "N",
            gemm.transposeA ? "T" : "N",
            gemm.n,
            gemm.m,
            gemm.k,
            1,
            gemm.b,
            gemm.ldb(),
            gemm.a,
            gemm.lda(),
            0,
            c,
            gemm.n);
      }

      @Override
      public void collect() {
        System.arraycopy(c, 0, gemm.c, 0, c.length);
      }
    };
  }
}
