package org.recallrank.kernels.opencl;

import org.jocl.CL;

/** An OpenCL call that failed. */
final class ClException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private ClException(String message) {
    super(message);
  }

  /**
   * Returns if a call's return code is that of success. Every call of this package comes here:
   * JOCL's own exceptions are a switch for the whole JVM, which is not ours to throw.
   *
   * @param what what was tried, for the message
   */
  static void check(int code, String what) {
    if (code != CL.CL_SUCCESS) {
      throw new ClException(
          "OpenCL: %s failed with %s (%s)%s"
              .formatted(what, CL.stringFor_errorCode(code), code, hint(code)));
    }
  }

  private static String hint(int code) {
    return switch (code) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE, CL.CL_OUT_OF_RESOURCES ->
          "; the device is out of memory or was lost: make batches smaller, or look at the system's"
              + " log";
      case CL.CL_OUT_OF_HOST_MEMORY -> "; the host is out of memory";
      case CL.CL_DEVICE_NOT_AVAILABLE, CL.CL_INVALID_COMMAND_QUEUE, CL.CL_INVALID_CONTEXT ->
          "; the device was lost: start again, or choose another device";
      default -> "";
    };
  }
}
