package org.recallrank.kernels.opencl;

/** A work buffer that grows to the largest size asked for and stays. */
final class ClScratch {
  private final ClContext context;
  private ClBuffer buffer;

  ClScratch(ClContext context) {
    this.context = context;
  }

  /**
   * The buffer, of at least so many elements of 4 bytes; it holds anything.
   *
   * @throws IllegalStateException if that is more than the device allows
   */
  ClBuffer words(long n) {
    if (buffer == null || buffer.bytes() < 4 * n) {
      if (buffer != null) {
        buffer.close();
        buffer = null;
      }
      buffer = context.allocate(4 * n);
    }
    return buffer;
  }

  /** n elements of an array from element {@code at} on: its resident copy, or one made now. */
  Slice input(Object array, int at, long n) {
    ClBuffer resident = context.residents().copyOf(array);
    if (resident != null) {
      return new Slice(resident, at);
    }
    return new Slice(copy(array, at, n), 0);
  }

  /** The same at the start of a buffer, for a kernel that takes no offset. */
  ClBuffer fromStart(Object array, int at, long n) {
    ClBuffer resident = at == 0 ? context.residents().copyOf(array) : null;
    return resident == null ? copy(array, at, n) : resident;
  }

  private ClBuffer copy(Object array, int at, long n) {
    ClBuffer copy = words(n * ClContext.size(array) / 4);
    context.write(copy, array, at, n);
    return copy;
  }

  /** Where an array's elements stand: from element {@code at} of a buffer on. */
  record Slice(ClBuffer buffer, int at) {}
}
