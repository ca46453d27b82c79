package org.recallrank.kernels.opencl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Work buffers that are lent for the time of a pass and kept for the next one. */
final class ClPool {
  private final ClContext context;
  private final Deque<ClScratch> free = new ArrayDeque<>();

  ClPool(ClContext context) {
    this.context = context;
  }

  Loan lend() {
    return new Loan();
  }

  /** What one pass has taken. */
  final class Loan implements AutoCloseable {
    private final List<ClScratch> taken = new ArrayList<>();

    /** A buffer of at least n elements of 4 bytes; it holds anything. */
    ClBuffer words(long n) {
      taken.add(free.isEmpty() ? new ClScratch(context) : free.removeLast());
      return taken.getLast().words(n);
    }

    /** Gives everything back. */
    @Override
    public void close() {
      free.addAll(taken);
      taken.clear();
    }
  }
}
