package org.recallrank.kernels.opencl;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/** Device copies of arrays that stay, renewed when their version has changed. */
final class ClResidents {
  private final ClContext context;
  private final List<Resident> residents = new ArrayList<>();
  private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

  ClResidents(ClContext context) {
    this.context = context;
  }

  /** An array as the garbage collector sees it, so that being known here keeps nothing alive. */
  private static final class Resident extends WeakReference<Object> {
    private long version;
    private boolean current;
    private ClBuffer copy;

    Resident(Object array, ReferenceQueue<Object> queue) {
      super(array, queue);
    }
  }

  /** See {@link org.recallrank.kernels.Device#keep}. */
  void keep(Object array, long version) {
    dropCollected();
    Resident resident = find(array);
    if (resident == null) {
      resident = new Resident(array, collected);
      residents.add(resident);
    }
    resident.current &= resident.version == version;
    resident.version = version;
  }

  /** The copy of an array, brought up to date, or null if the array does not stay. */
  ClBuffer copyOf(Object array) {
    Resident resident = find(array);
    if (resident == null) {
      return null;
    }
    if (resident.copy == null) {
      resident.copy = context.allocate((long) length(array) * ClContext.size(array));
    }
    if (!resident.current) {
      context.write(resident.copy, array, 0, length(array));
      resident.current = true;
    }
    return resident.copy;
  }

  private Resident find(Object array) {
    for (Resident resident : residents) {
      if (resident.refersTo(array)) {
        return resident;
      }
    }
    return null;
  }

  private void dropCollected() {
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      Resident resident = (Resident) gone;
      residents.remove(resident);
      if (resident.copy != null) {
        resident.copy.close();
      }
    }
  }

  private static int length(Object array) {
    return switch (array) {
      case float[] x -> x.length;
      case int[] x -> x.length;
      case long[] x -> x.length;
      default -> throw new IllegalArgumentException("no device array: " + array.getClass());
    };
  }
}
