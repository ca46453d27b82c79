package org.recallrank.kernels.opencl;

import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.base.Checks;

/**
 * The matrix product on the device, {@code gemm.cl}. Operands that {@link
 * org.recallrank.kernels.Device#keep} has named are there already; others go up, and C comes back.
 *
 * <p>Three things stay on the host: products of fewer than {@value #LEAST_WORK} multiply-adds,
 * which are done before their operands have arrived on a device, {@link #batched} ones, which are
 * meant for products as small, and those with a packed matrix, whose bits are promised.
 */
final class OpenClMatMul implements MatMulKernel {
  static final int LEAST_WORK = 1 << 20;

  private final ClContext context;
  private final DeviceGemm gemm;
  private final MatMulKernel host;
  private final long leastWork;
  private final ClScratch aScratch;
  private final ClScratch bScratch;
  private final ClScratch cScratch;
  private final ClScratch biasScratch;

  OpenClMatMul(ClContext context, DeviceGemm gemm, MatMulKernel host, long leastWork) {
    this.context = context;
    this.gemm = gemm;
    this.host = host;
    this.leastWork = leastWork;
    aScratch = new ClScratch(context);
    bScratch = new ClScratch(context);
    cScratch = new ClScratch(context);
    biasScratch = new ClScratch(context);
  }

  @Override
  public void gemm(Matrix a, Matrix b, Matrix c, Epilogue epilogue, float alpha, float beta) {
    Vec bias = epilogue.bias();
    Checks.gemm(a, b, c, bias);
    if (c.size() == 0) {
      return;
    }
    if ((long) c.size() * a.cols() < leastWork) {
      host.gemm(a, b, c, epilogue, alpha, beta);
      return;
    }
    synchronized (context) {
      DeviceMatrix onDeviceA = input(aScratch, a);
      DeviceMatrix onDeviceB = input(bScratch, b);
      ClBuffer product = cScratch.words(c.size());
      if (beta != 0) {
        context.writeRows(product, c);
      }
      gemm.multiply(
          onDeviceA,
          onDeviceB,
          DeviceMatrix.dense(product, c.rows(), c.cols()),
          bias == null ? null : biasScratch.input(bias.data(), bias.offset(), bias.size()),
          epilogue.activation(),
          alpha,
          beta);
      context.readRows(product, c);
    }
  }

  /** Where a matrix lies already, or a dense copy. */
  private DeviceMatrix input(ClScratch scratch, Matrix x) {
    if (x.transposed()) {
      return input(scratch, x.t()).t();
    }
    ClBuffer resident = context.residents().copyOf(x.data());
    if (resident != null) {
      ClScratch.Slice start = new ClScratch.Slice(resident, x.offset());
      return new DeviceMatrix(start, x.rows(), x.cols(), x.stride(), 1);
    }
    ClBuffer copy = scratch.words(x.size());
    context.writeRows(copy, x);
    return DeviceMatrix.dense(copy, x.rows(), x.cols());
  }

  @Override
  public Packed pack(Matrix b, Vec bias) {
    return host.pack(b, bias);
  }

  @Override
  public void gemm(Matrix a, Packed b, Activation activation, Matrix c) {
    host.gemm(a, b, activation, c);
  }

  @Override
  public void batched(Matrices a, Matrices b, Matrices c, float alpha, boolean accumulate) {
    host.batched(a, b, c, alpha, accumulate);
  }
}
