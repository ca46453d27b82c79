package org.recallrank.bench.gpu;

import java.util.List;
import org.recallrank.kernels.Device;
import org.recallrank.kernels.Device.Cost;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;

/** Both backends on the same threads; with them goes all that the device holds. */
record DeviceAndHost(Workers workers, Kernels opencl, Kernels simd) implements AutoCloseable {

  /**
   * @param device number or part of a name, or null
   * @throws IllegalStateException if either does not work here
   */
  static DeviceAndHost open(String device, int threads) {
    Workers workers = Workers.create(threads);
    try {
      KernelSelector selector = new KernelSelector();
      return new DeviceAndHost(
          workers,
          selector.select("opencl", device, workers).kernels(),
          selector.select("simd", workers).kernels());
    } catch (IllegalStateException e) {
      workers.close();
      throw e;
    }
  }

  Device device() {
    return opencl.device();
  }

  /** What the device's profile says of kernels; the rest of it is transfers. */
  List<Cost> kernelCosts() {
    return device().profile().stream().filter(c -> c.bytes() == 0).toList();
  }

  @Override
  public void close() {
    workers.close();
  }
}
