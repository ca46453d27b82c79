package org.recallrank.kernels;

import java.util.List;

/**
 * What a backend computes on: a device with a memory and a clock of its own, or the host.
 *
 * <p>May be shared by any number of threads.
 */
public interface Device {
  /** The processor that runs this program: nothing to send, nothing to tell. */
  Device HOST =
      new Device() {
        @Override
        public void keep(Object array, long version) {}

        @Override
        public void startProfile() {}

        @Override
        public List<Cost> profile() {
          return List.of();
        }

        @Override
        public Traits traits() {
          return null;
        }

        @Override
        public Ceilings measureCeilings() {
          return null;
        }
      };

  /**
   * One line of a profile.
   *
   * @param what {@code upload}, {@code download} or the name of a kernel
   * @param count how often
   * @param milliseconds on the device's clock
   * @param bytes moved; 0 for a kernel
   */
  record Cost(String what, long count, double milliseconds, long bytes) {}

  /**
   * What a device is.
   *
   * @param cpu whether it computes on the host's own cores, in the host's memory
   * @param memory bytes
   * @param largestArray bytes of the largest array that it can hold
   */
  record Traits(String name, boolean cpu, long memory, long largestArray) {}

  /**
   * What nothing on a device can exceed.
   *
   * @param flops single-precision operations per second from registers, a multiply-add being two
   * @param copyBytes bytes per second of copying a big array, each counted once when read and once
   *     when written
   */
  record Ceilings(double flops, double copyBytes) {}

  /**
   * Says that an array will be an input again and again and changes only when {@code version} does:
   * from now on the device keeps a copy and renews it at the first use after each new version. The
   * copy goes when the array does.
   *
   * @param array a {@code float[]}, {@code int[]} or {@code long[]}
   * @param version of the whole array
   */
  void keep(Object array, long version);

  /** Begins to measure, from nothing. */
  void startProfile();

  /** What has been measured since {@link #startProfile}, the dearest first; empty on the host. */
  List<Cost> profile();

  /** What it is; null for the host. */
  Traits traits();

  /**
   * Measures its limits, the best of some tries each; null for the host. Ends the profile under
   * way, if there is one.
   *
   * @throws IllegalStateException if the device computes something wrong
   */
  Ceilings measureCeilings();
}
