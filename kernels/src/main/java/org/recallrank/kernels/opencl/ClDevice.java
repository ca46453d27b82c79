package org.recallrank.kernels.opencl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * A device of an OpenCL platform.
 *
 * @param cpu whether its work-items run on the host's own cores
 * @param memory bytes of global memory
 * @param maxAllocation bytes of the largest buffer
 * @param localMemory bytes that a work-group shares
 * @param vectorWidth floats of its vector registers; 1 where work-items are the lanes
 */
record ClDevice(
    cl_platform_id platform,
    cl_device_id id,
    String platformName,
    String name,
    String version,
    boolean cpu,
    int computeUnits,
    long memory,
    long maxAllocation,
    long localMemory,
    long maxGroup,
    int vectorWidth) {

  /** CL_PLATFORM_NOT_FOUND_KHR: the loader of drivers found none. */
  private static final int NO_PLATFORM = -1001;

  /**
   * All devices of all platforms, in the drivers' order. Empty without a platform.
   *
   * @throws ClException if a driver fails
   */
  static List<ClDevice> list() {
    int[] count = new int[1];
    int code = CL.clGetPlatformIDs(0, null, count);
    if (code == NO_PLATFORM || (code == CL.CL_SUCCESS && count[0] == 0)) {
      return List.of();
    }
    ClException.check(code, "asking for platforms");
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    ClException.check(
        CL.clGetPlatformIDs(platforms.length, platforms, null), "asking for platforms");
    List<ClDevice> devices = new ArrayList<>();
    for (cl_platform_id platform : platforms) {
      code = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      if (code == CL.CL_DEVICE_NOT_FOUND) {
        continue;
      }
      ClException.check(code, "asking for the devices of " + nameOf(platform));
      cl_device_id[] ids = new cl_device_id[count[0]];
      ClException.check(
          CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, ids.length, ids, null),
          "asking for the devices of " + nameOf(platform));
      for (cl_device_id id : ids) {
        devices.add(of(platform, id));
      }
    }
    return devices;
  }

  /**
   * The device asked for, or without a wish the first GPU, else the first device.
   *
   * @param wish null, a number in {@link #list}, or part of a name of platform or device
   * @throws IllegalStateException if there is no such device
   */
  static ClDevice choose(List<ClDevice> devices, String wish) {
    if (wish == null) {
      return devices.stream().filter(d -> !d.cpu()).findFirst().orElse(devices.get(0));
    }
    if (wish.matches("\\d{1,9}")) {
      int number = Integer.parseInt(wish);
      if (number < devices.size()) {
        return devices.get(number);
      }
    } else {
      String part = wish.toLowerCase(Locale.ROOT);
      List<ClDevice> matching =
          devices.stream()
              .filter(
                  d -> (d.platformName() + " " + d.name()).toLowerCase(Locale.ROOT).contains(part))
              .toList();
      if (matching.size() == 1) {
        return matching.get(0);
      }
      if (matching.size() > 1) {
        throw new IllegalStateException(
            "OpenCL device '%s' fits %s devices; give more of the name, or a number: %s"
                .formatted(wish, matching.size(), numbered(devices)));
      }
    }
    throw new IllegalStateException(
        "there is no OpenCL device '" + wish + "'; there are: " + numbered(devices));
  }

  private static String numbered(List<ClDevice> devices) {
    return IntStream.range(0, devices.size())
        .mapToObj(i -> i + " " + devices.get(i).name())
        .collect(Collectors.joining(", "));
  }

  /** For people: platform, device, version, memory. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "%s: %s, %s, %s with %d compute units, %,d MiB, %,d MiB at most in one buffer",
        platformName,
        name,
        version,
        cpu ? "CPU" : "GPU or accelerator",
        computeUnits,
        memory >> 20,
        maxAllocation >> 20);
  }

  private static ClDevice of(cl_platform_id platform, cl_device_id id) {
    return new ClDevice(
        platform,
        id,
        nameOf(platform),
        text(id, CL.CL_DEVICE_NAME),
        text(id, CL.CL_DEVICE_VERSION),
        (number(id, CL.CL_DEVICE_TYPE) & CL.CL_DEVICE_TYPE_CPU) != 0,
        (int) number(id, CL.CL_DEVICE_MAX_COMPUTE_UNITS),
        number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
        number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE),
        number(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE),
        (int) number(id, CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT));
  }

  private static String nameOf(cl_platform_id platform) {
    long[] size = new long[1];
    ClException.check(
        CL.clGetPlatformInfo(platform, CL.CL_PLATFORM_NAME, 0, null, size),
        "asking for a platform's name");
    byte[] bytes = new byte[(int) size[0]];
    ClException.check(
        CL.clGetPlatformInfo(platform, CL.CL_PLATFORM_NAME, bytes.length, Pointer.to(bytes), null),
        "asking for a platform's name");
    return decode(bytes);
  }

  private static String text(cl_device_id id, int parameter) {
    long[] size = new long[1];
    ClException.check(
        CL.clGetDeviceInfo(id, parameter, 0, null, size), "asking for a device's properties");
    byte[] bytes = new byte[(int) size[0]];
    ClException.check(
        CL.clGetDeviceInfo(id, parameter, bytes.length, Pointer.to(bytes), null),
        "asking for a device's properties");
    return decode(bytes);
  }

  /** A C string. */
  static String decode(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8).strip();
  }

  private static long number(cl_device_id id, int parameter) {
    long[] value = new long[1]; // of 4 bytes or 8, little-endian like every platform of JOCL
    ClException.check(
        CL.clGetDeviceInfo(id, parameter, Sizeof.cl_long, Pointer.to(value), null),
        "asking for a device's properties");
    return value[0];
  }
}
