package org.recallrank.kernels.opencl;

import java.util.Set;
import java.util.function.IntSupplier;

/** Something of the driver's that must be released once; open ones are listed by their context. */
final class ClHandle implements AutoCloseable {
  private final Set<ClHandle> open;
  private final String what;
  private final IntSupplier release;

  /**
   * @param open the context's list
   * @param release answers with OpenCL's return code
   */
  ClHandle(Set<ClHandle> open, String what, IntSupplier release) {
    this.open = open;
    this.what = what;
    this.release = release;
    open.add(this);
  }

  @Override
  public void close() {
    if (open.remove(this)) {
      ClException.check(release.getAsInt(), "releasing " + what);
    }
  }
}
