package org.recallrank.model.serve;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * Scorers for calls from any thread: made when they are needed, no more than can run at once. Who
 * finds all of them taken waits.
 */
final class ScorerPool {
  private final FrozenModel frozen;
  private final Semaphore free;
  private final ConcurrentLinkedDeque<BlockScorer> made = new ConcurrentLinkedDeque<>();

  ScorerPool(FrozenModel frozen, int most) {
    this.frozen = frozen;
    free = new Semaphore(most);
  }

  BlockScorer take() {
    free.acquireUninterruptibly();
    BlockScorer scorer = made.pollFirst(); // the one that was used last is in the caches
    return scorer == null ? new BlockScorer(frozen) : scorer;
  }

  void giveBack(BlockScorer scorer) {
    made.addFirst(scorer);
    free.release();
  }
}
