package org.recallrank.kernels.opencl;

import java.util.List;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Scratch;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.Checks;

/**
 * {@code hamming.cl}: distances, and the nearest of a pool, of which only k rows come back. A pool
 * that {@link org.recallrank.kernels.Device#keep} has named is on the device already.
 *
 * <p>On the host stay: pools and lists of fewer than {@value #LEAST_WORK} words altogether; a k
 * over {@value #MOST_NEAREST}, signatures of more than {@value #MOST_WORDS} words and lists of more
 * than {@value #LONGEST_LIST} candidates, which local memory does not hold.
 */
final class OpenClHamming implements HammingKernel {
  static final int LEAST_WORK = 1 << 15;
  private static final int MOST_NEAREST = 1024;
  private static final int MOST_WORDS = 32;
  private static final int LONGEST_LIST = 2048;

  /** PART and GROUP of hamming.cl. */
  private static final int PART = 8192;

  private static final int GROUP = 256;
  private static final int LIST_GROUP = 64; // of hamming.cl, too

  /** Signatures of a work-item on a CPU device, at least. */
  private static final int CPU_PART = 1 << 16;

  /**
   * Work-items for each core of a CPU device, at most: each begins with a limit that keeps little.
   */
  private static final int CPU_ITEMS = 2;

  private final ClContext context;
  private final HammingKernel host;
  private final int leastWork;
  private final boolean cpu;
  private final Scratch results = new Scratch();
  private final ClScratch queries;
  private final ClScratch pools;
  private final ClScratch lists;
  private final ClScratch[] index = new ClScratch[2];
  private final ClScratch[] distance = new ClScratch[2];

  /**
   * @param cpu whether parts are for a CPU device
   */
  OpenClHamming(ClContext context, HammingKernel host, int leastWork, boolean cpu) {
    this.context = context;
    this.host = host;
    this.leastWork = leastWork;
    this.cpu = cpu;
    queries = new ClScratch(context);
    pools = new ClScratch(context);
    lists = new ClScratch(context);
    for (int side = 0; side < 2; side++) {
      index[side] = new ClScratch(context);
      distance[side] = new ClScratch(context);
    }
  }

  @Override
  public void distances(BitMatrix query, BitMatrix pool, int[] out, int outOffset) {
    Checks.hammingDistances(query, pool, out, outOffset);
    if (pool.size() < leastWork) {
      host.distances(query, pool, out, outOffset);
      return;
    }
    int n = pool.rows();
    synchronized (context) {
      ClScratch.Slice q = input(queries, query);
      ClScratch.Slice p = input(pools, pool);
      ClBuffer found = distance[0].words(n);
      kernel("distances").launch(new long[] {n}, null, q, p, pool.words(), found);
      context.read(found, 0, out, outOffset, n);
    }
  }

  private ClKernel kernel(String name) {
    return context.kernel("hamming.cl", "", name);
  }

  private static ClScratch.Slice input(ClScratch scratch, BitMatrix x) {
    return scratch.input(x.data(), x.offset(), x.size());
  }

  @Override
  public void topK(BitMatrix query, BitMatrix pool, int k, TopK result) {
    Checks.hammingTopK(query, pool, k, result);
    int count = query.rows();
    if (count == 0 || pool.size() < leastWork || k > MOST_NEAREST || pool.words() > MOST_WORDS) {
      host.topK(query, pool, k, result);
      return;
    }
    int found = count * k;
    int[] both = results.ints(2 * found);
    synchronized (context) {
      ClScratch.Slice p = input(pools, pool);
      try (ClBuffer q = context.copyOf(query.data(), query.offset(), query.size())) {
        ClBuffer nearest = cpu ? byLimit(q, count, pool, p, k) : byGroups(q, count, pool, p, k);
        context.read(nearest, 0, both, 0, 2L * found);
      }
    }
    System.arraycopy(both, 0, result.index(), 0, found);
    System.arraycopy(both, found, result.distance(), 0, found);
  }

  private ClBuffer byLimit(ClBuffer query, int count, BitMatrix pool, ClScratch.Slice p, int k) {
    int n = pool.rows();
    int items = CPU_ITEMS * context.device().computeUnits();
    int length = Math.min(n, Math.max(CPU_PART, Workers.chunks((long) n * count, items)));
    int parts = Workers.chunks(n, length);
    ClBuffer indexes = index[0].words((long) count * parts * k);
    ClBuffer distances = distance[0].words((long) count * parts * k);
    long[] global = {parts, count};
    long[] group = {1, 1};
    kernel("nearest_by_limit")
        .launch(global, group, query, 0, p, n, pool.words(), k, length, indexes, distances);
    ClBuffer result = index[1].words(2L * count * k);
    kernel("merge_by_limit")
        .launch(new long[] {count}, new long[] {1}, indexes, distances, parts * k, k, result);
    return result;
  }

  private ClBuffer byGroups(ClBuffer query, int count, BitMatrix pool, ClScratch.Slice p, int k) {
    int n = pool.rows();
    int words = pool.words();
    int parts = Workers.chunks(n, PART);
    ClBuffer indexes = index[0].words((long) count * parts * k);
    ClBuffer distances = distance[0].words((long) count * parts * k);
    ClKernel.Local counts = new ClKernel.Local(4L * (pool.bits() + 2));
    long[] global = {(long) GROUP * parts, count};
    long[] group = {GROUP, 1};
    kernel("nearest_of_pool")
        .launch(global, group, query, 0, p, n, words, k, indexes, distances, counts);
    int side = 0;
    while (parts > 1) {
      int candidates = parts * k;
      parts = Workers.chunks(candidates, PART);
      List<ClBuffer> from = List.of(indexes, distances);
      side = 1 - side;
      indexes = index[side].words((long) count * parts * k);
      distances = distance[side].words((long) count * parts * k);
      global[0] = (long) GROUP * parts;
      kernel("nearest_of_candidates")
          .launch(global, group, from, candidates, pool.bits(), k, indexes, distances, counts);
    }
    ClBuffer result = index[1 - side].words(2L * count * k);
    kernel("sort_nearest").launch(new long[] {k, count}, null, k, indexes, distances, result);
    return result;
  }

  @Override
  public void topKOfLists(
      BitMatrix query, Ids queryRow, BitMatrix pool, Lists lists, int k, int[] position) {
    Checks.hammingTopKOfLists(query, queryRow, pool, lists, k, position);
    int batch = queryRow.size();
    int words = pool.words();
    boolean small = (long) batch * lists.length() * words < leastWork;
    if (batch > 0 && !small && words <= MOST_WORDS && lists.length() <= LONGEST_LIST) {
      String op = "hamming.topKOfLists";
      for (int b = 0; b < batch; b++) {
        Checks.row(op, "queries", queryRow, b, query.rows());
        Checks.row(op, "lists", lists.of(), b, lists.count());
      }
      nearestOfLists(query, queryRow, pool, lists, k, position);
      if (allInside(position, batch, k)) {
        return;
      }
    }
    // Small ones, long ones, and those with a candidate to complain of.
    host.topKOfLists(query, queryRow, pool, lists, k, position);
  }

  private void nearestOfLists(
      BitMatrix query, Ids queryRow, BitMatrix pool, Lists lists, int k, int[] position) {
    int batch = queryRow.size();
    int[] candidates = lists.candidates();
    synchronized (context) {
      ClScratch.Slice q = input(queries, query);
      ClScratch.Slice p = pool.equals(query) ? q : input(pools, pool);
      ClScratch.Slice all = this.lists.input(candidates, 0, candidates.length);
      ClBuffer out = distance[0].words((long) batch * k);
      Ids of = lists.of();
      try (ClBuffer rows = context.copyOf(queryRow.data(), queryRow.offset(), batch);
          ClBuffer chosen = context.copyOf(of.data(), of.offset(), batch)) {
        long[] global = {(long) LIST_GROUP * batch};
        long[] group = {LIST_GROUP};
        int n = lists.length();
        List<Object> from = List.of(q, rows, p, pool.rows(), all.buffer(), chosen, n);
        kernel("nearest_of_lists")
            .launch(global, group, from, pool.words(), k, out, new ClKernel.Local(4L * n));
        context.read(out, 0, position, 0, (long) batch * k);
      }
    }
  }

  private static boolean allInside(int[] position, int batch, int k) {
    for (int b = 0; b < batch; b++) {
      if (position[b * k] < 0) {
        return false;
      }
    }
    return true;
  }
}
