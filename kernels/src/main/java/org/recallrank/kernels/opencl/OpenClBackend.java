package org.recallrank.kernels.opencl;

import java.util.List;
import org.recallrank.kernels.Device;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/**
 * The part of the provider that needs JOCL. Families without a kernel of their own here
 * (element-wise functions, normalisations, embeddings, optimizers) are the best host backend's:
 * they read and write each number once, which takes no longer than sending it to a device.
 */
final class OpenClBackend {
  private OpenClBackend() {}

  /** The devices, described, in the order of their numbers. */
  static List<String> devices() {
    return ClDevice.list().stream().map(ClDevice::describe).toList();
  }

  static Kernels create(Workers workers, String device) {
    ClContext context = new ClContext(ClDevice.choose(ClDevice.list(), device));
    workers.onClose(context::close);
    return create(
        workers,
        context,
        null,
        OpenClMatMul.LEAST_WORK,
        OpenClHamming.LEAST_WORK,
        context.device().cpu(),
        context.device().localMemory());
  }

  /**
   * As {@link #create(Workers, String)}, with what tests want to decide.
   *
   * @param tiles of matrix products, null to choose by device and size
   * @param leastProduct multiply-adds below which the host does a product
   * @param leastPool words below which the host does a pool
   * @param cpuParts whether nearest neighbours are found as on a CPU device
   * @param localMemory bytes that a group of the co-interaction may have
   */
  static Kernels create(
      Workers workers,
      ClContext context,
      DeviceGemm.Tiles tiles,
      long leastProduct,
      int leastPool,
      boolean cpuParts,
      long localMemory) {
    Kernels host = new KernelSelector().fastestOfHost(workers);
    DeviceGemm gemm = new DeviceGemm(context, tiles);
    return new Kernels(
        "opencl",
        workers,
        new OpenClMatMul(context, gemm, host.matMul(), leastProduct),
        host.math(),
        host.batchNorm(),
        host.layerNorm(),
        host.embedding(),
        host.optimizer(),
        new OpenClSimHash(workers, context),
        new OpenClHamming(context, host.hamming(), leastPool, cpuParts),
        new OpenClCoInteraction(workers, context, localMemory),
        new OpenClDenseStack(context, gemm),
        new OnContext(context));
  }

  private record OnContext(ClContext context) implements Device {
    @Override
    public void keep(Object array, long version) {
      synchronized (context) {
        context.residents().keep(array, version);
      }
    }

    @Override
    public void startProfile() {
      synchronized (context) {
        context.profile().start();
      }
    }

    @Override
    public List<Cost> profile() {
      synchronized (context) {
        return context.profile().costs();
      }
    }

    @Override
    public Traits traits() {
      ClDevice device = context.device();
      return new Traits(device.name(), device.cpu(), device.memory(), device.maxAllocation());
    }

    @Override
    public Ceilings measureCeilings() {
      synchronized (context) {
        return new ClCeilings(context).measure();
      }
    }
  }
}
