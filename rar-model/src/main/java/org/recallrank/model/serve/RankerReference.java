package org.recallrank.model.serve;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The ranker of a service, which may be replaced by that of another run while threads score: a call
 * is answered by one of the two as a whole, and the old one is closed when its last call has ended.
 *
 * <p>Any number of threads may use and swap it.
 */
public final class RankerReference implements AutoCloseable {
  private final AtomicReference<Held> current;

  /** A ranker and how many calls are under way, and one for being the current one. */
  private static final class Held {
    private final Ranker ranker;
    private final AtomicInteger users = new AtomicInteger(1);

    Held(Ranker ranker) {
      this.ranker = ranker;
    }

    /** Whether it could be taken; not if it is closed, or about to be. */
    boolean take() {
      for (int n = users.get(); n > 0; n = users.get()) {
        if (users.compareAndSet(n, n + 1)) {
          return true;
        }
      }
      return false;
    }

    void giveBack() {
      if (users.decrementAndGet() == 0) {
        ranker.close();
      }
    }
  }

  /** Takes a ranker, and closes it when it is replaced. */
  public RankerReference(Ranker ranker) {
    current = new AtomicReference<>(new Held(ranker));
  }

  /**
   * Has a call answered by the current ranker, which stays open until it returns. The ranker must
   * not be kept.
   *
   * @throws IllegalStateException if this is closed
   */
  public <T> T use(Function<Ranker, T> call) {
    Held held = take();
    try {
      return call.apply(held.ranker);
    } finally {
      held.giveBack();
    }
  }

  private Held take() {
    while (true) {
      Held held = current.get();
      if (held == null) {
        throw new IllegalStateException("there is no ranker any more: the reference is closed");
      }
      if (held.take()) {
        return held;
      }
    }
  }

  /**
   * Replaces the ranker for all later calls.
   *
   * @throws IllegalStateException if this is closed; then {@code next} is, too
   */
  public void swap(Ranker next) {
    Held held = new Held(next);
    Held old = current.get();
    while (old != null && !current.compareAndSet(old, held)) {
      old = current.get();
    }
    if (old == null) {
      next.close();
      throw new IllegalStateException("the reference is closed, and so is the ranker given to it");
    }
    old.giveBack();
  }

  /** Closes the current ranker when its last call has ended; there is none after it. */
  @Override
  public void close() {
    Held old = current.getAndSet(null);
    if (old != null) {
      old.giveBack();
    }
  }
}
