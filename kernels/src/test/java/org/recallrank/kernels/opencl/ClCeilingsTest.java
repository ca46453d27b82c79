package org.recallrank.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.recallrank.kernels.Device;
import org.recallrank.kernels.Workers;

class ClCeilingsTest {
  /** What the kernels compute is checked by the measurement itself. */
  @Test
  void limitsAreMeasuredAndNothingStays() {
    assumeTrue(OpenClOnTrial.hasDevice(), "no OpenCL device");
    ClContext context = OpenClOnTrial.context();
    try (Workers workers = Workers.create(1)) {
      workers.onClose(context::close);
      Device device = OpenClOnTrial.create(workers, context).device();
      assertThat(device.traits().name()).isEqualTo(context.device().name());
      assertThat(device.traits().largestArray()).isPositive();
      Device.Ceilings ceilings = device.measureCeilings();
      // The slowest device that can be meant does more; no device at all does as much.
      assertThat(ceilings.flops()).isBetween(1e8, 1e16);
      assertThat(ceilings.copyBytes()).isBetween(1e8, 1e14);
      int kept = context.liveHandles();
      device.measureCeilings();
      assertThat(context.liveHandles()).isEqualTo(kept);
    }
    assertThat(context.liveHandles()).isZero();
  }
}
