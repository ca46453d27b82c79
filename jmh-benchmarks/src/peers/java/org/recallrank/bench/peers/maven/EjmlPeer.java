package org.recallrank.bench.peers.maven;

import org.ejml.EjmlVersion;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.peers.Contender;

/** Efficient Java Matrix Library, plain Java. */
public final class EjmlPeer extends GemmPeer {
  public EjmlPeer() {
    super("EJML " + EjmlVersion.VERSION);
  }

  @Override
  Contender enter(GemmCase gemm, int threads) {
    FMatrixRMaj a = stored(gemm.a, gemm.transposeA, gemm.m, gemm.k);
    FMatrixRMaj b = stored(gemm.b, gemm.transposeB, gemm.k, gemm.n);
    FMatrixRMaj c = new FMatrixRMaj(gemm.m, gemm.n);
    return new Contender() {
      @Override
      public void run() {
        if (threads == 1) {
          if (gemm.transposeA) {
            CommonOps_FDRM.multTransA(a, b, c);
          } else if (gemm.transposeB) {
            CommonOps_FDRM.multTransB(a, b, c);
          } else {
            CommonOps_FDRM.mult(a, b, c);
          }
          return;
        }
        EjmlConcurrency.setMaxThreads(threads);
        if (gemm.transposeA) {
          CommonOps_MT_FDRM.multTransA(a, b, c);
        } else if (gemm.transposeB) {
          CommonOps_MT_FDRM.multTransB(a, b, c);
        } else {
          CommonOps_MT_FDRM.mult(a, b, c);
        }
      }

      @Override
      public void collect() {
        System.arraycopy(c.data, 0, gemm.c, 0, gemm.c.length);
      }
    };
  }

  private static FMatrixRMaj stored(float[] values, boolean transposed, int rows, int columns) {
    return FMatrixRMaj.wrap(transposed ? columns : rows, transposed ? rows : columns, values);
  }
}
