package org.recallrank.bench.peers.maven;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.peers.Contender;

/**
 * ND4J on the processor. It brings an OpenBLAS of its own, but takes the system's where that is
 * already loaded in this process.
 */
public final class Nd4jPeer extends GemmPeer {
  public Nd4jPeer() {
    super("ND4J 1.0.0-M2.1");
  }

  @Override
  Contender enter(GemmCase gemm, int threads) {
    INDArray a = stored(gemm.a, gemm.transposeA, gemm.m, gemm.k);
    INDArray b = stored(gemm.b, gemm.transposeB, gemm.k, gemm.n);
    // Column-major results are the ones it need not copy.
    INDArray c = Nd4j.createUninitialized(DataType.FLOAT, new long[] {gemm.m, gemm.n}, 'f');
    return new Contender() {
      @Override
      public void run() {
        Nd4j.factory().blas().setMaxThreads(threads);
        Nd4j.gemm(a, b, c, gemm.transposeA, gemm.transposeB, 1, 0);
      }

      @Override
      public void collect() {
        float[] rowMajor = c.dup('c').data().asFloat();
        System.arraycopy(rowMajor, 0, gemm.c, 0, gemm.c.length);
      }

      @Override
      public void close() {
        a.close();
        b.close();
        c.close();
      }
    };
  }

  private static INDArray stored(float[] values, boolean transposed, int rows, int columns) {
    return Nd4j.create(
        values, new long[] {transposed ? columns : rows, transposed ? rows : columns}, 'c');
  }
}
