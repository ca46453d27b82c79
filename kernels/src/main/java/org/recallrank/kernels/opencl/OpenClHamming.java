package org.recallrank.kernels.opencl;

import org.recallrank.kernels.HammingKernel;
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
  private static final String FILE = "hamming.cl";

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
  public void distances(
      long[] query,
      int queryOffset,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int[] distances,
      int distanceOffset) {
    Checks.hammingDistances(
        query, queryOffset, pool, poolOffset, n, words, distances, distanceOffset);
    if ((long) n * words < leastWork) {
      host.distances(query, queryOffset, pool, poolOffset, n, words, distances, distanceOffset);
      return;
    }
    synchronized (context) {
      ClScratch.Slice q = queries.input(query, queryOffset, words);
      ClScratch.Slice p = pools.input(pool, poolOffset, (long) n * words);
      ClBuffer out = distance[0].words(n);
      context
          .kernel(FILE, "", "distances")
          .launch(new long[] {n}, null, q.buffer(), q.at(), p.buffer(), p.at(), words, out);
      context.read(out, 0, distances, distanceOffset, n);
    }
  }

  @Override
  public void topK(
      long[] query,
      int queryOffset,
      int count,
      long[] pool,
      int poolOffset,
      int n,
      int words,
      int k,
      int[] indexOut,
      int[] distanceOut) {
    Checks.hammingTopK(
        query, queryOffset, count, pool, poolOffset, n, words, k, indexOut, distanceOut);
    if (count == 0 || (long) n * words < leastWork || k > MOST_NEAREST || words > MOST_WORDS) {
      host.topK(query, queryOffset, count, pool, poolOffset, n, words, k, indexOut, distanceOut);
      return;
    }
    int found = count * k;
    int[] both = results.ints(2 * found);
    synchronized (context) {
      ClScratch.Slice p = pools.input(pool, poolOffset, (long) n * words);
      try (ClBuffer q = context.copyOf(query, queryOffset, count * words)) {
        ClBuffer result =
            cpu ? byLimit(q, count, p, n, words, k) : byGroups(q, count, p, n, words, k);
        context.read(result, 0, both, 0, 2L * found);
      }
    }
    System.arraycopy(both, 0, indexOut, 0, found);
    System.arraycopy(both, found, distanceOut, 0, found);
  }

  private ClBuffer byLimit(
      ClBuffer query, int count, ClScratch.Slice pool, int n, int words, int k) {
    int items = CPU_ITEMS * context.device().computeUnits();
    int length = Math.min(n, Math.max(CPU_PART, Workers.chunks((long) n * count, items)));
    int parts = Workers.chunks(n, length);
    ClBuffer indexes = index[0].words((long) count * parts * k);
    ClBuffer distances = distance[0].words((long) count * parts * k);
    context
        .kernel(FILE, "", "nearest_by_limit")
        .launch(
            new long[] {parts, count},
            new long[] {1, 1},
            query,
            0,
            pool.buffer(),
            pool.at(),
            n,
            words,
            k,
            length,
            indexes,
            distances);
    ClBuffer result = index[1].words(2L * count * k);
    context
        .kernel(FILE, "", "merge_by_limit")
        .launch(new long[] {count}, new long[] {1}, indexes, distances, parts * k, k, result);
    return result;
  }

  private ClBuffer byGroups(
      ClBuffer query, int count, ClScratch.Slice pool, int n, int words, int k) {
    int parts = Workers.chunks(n, PART);
    ClBuffer indexes = index[0].words((long) count * parts * k);
    ClBuffer distances = distance[0].words((long) count * parts * k);
    ClKernel.Local counts = new ClKernel.Local(4L * (64 * words + 2));
    context
        .kernel(FILE, "", "nearest_of_pool")
        .launch(
            new long[] {(long) GROUP * parts, count},
            new long[] {GROUP, 1},
            query,
            0,
            pool.buffer(),
            pool.at(),
            n,
            words,
            k,
            indexes,
            distances,
            counts);
    int side = 0;
    while (parts > 1) {
      int candidates = parts * k;
      parts = Workers.chunks(candidates, PART);
      ClBuffer fromIndex = indexes;
      ClBuffer fromDistance = distances;
      side = 1 - side;
      indexes = index[side].words((long) count * parts * k);
      distances = distance[side].words((long) count * parts * k);
      context
          .kernel(FILE, "", "nearest_of_candidates")
          .launch(
              new long[] {(long) GROUP * parts, count},
              new long[] {GROUP, 1},
              fromIndex,
              fromDistance,
              candidates,
              64 * words,
              k,
              indexes,
              distances,
              counts);
    }
    ClBuffer result = index[1 - side].words(2L * count * k);
    context
        .kernel(FILE, "", "sort_nearest")
        .launch(new long[] {k, count}, null, k, indexes, distances, result);
    return result;
  }

  @Override
  public void topKOfLists(
      long[] querySignatures,
      int[] queryRow,
      int batch,
      long[] poolSignatures,
      int[] candidates,
      int listLength,
      int[] listOf,
      int words,
      int k,
      int[] position) {
    Checks.hammingTopKOfLists(queryRow, batch, listLength, listOf, words, k, position);
    boolean small = (long) batch * listLength * words < leastWork;
    if (batch > 0 && !small && words <= MOST_WORDS && listLength <= LONGEST_LIST) {
      String op = "hamming.topKOfLists";
      for (int b = 0; b < batch; b++) {
        Checks.row(op, "querySignatures", queryRow[b], querySignatures.length / words, b);
        Checks.row(op, "candidates", listOf[b], candidates.length / listLength, b);
      }
      nearestOfLists(
          querySignatures,
          queryRow,
          batch,
          poolSignatures,
          candidates,
          listLength,
          listOf,
          words,
          k,
          position);
      if (allInside(position, batch, k)) {
        return;
      }
    }
    // Small ones, long ones, and those with a candidate to complain of.
    host.topKOfLists(
        querySignatures,
        queryRow,
        batch,
        poolSignatures,
        candidates,
        listLength,
        listOf,
        words,
        k,
        position);
  }

  private void nearestOfLists(
      long[] querySignatures,
      int[] queryRow,
      int batch,
      long[] poolSignatures,
      int[] candidates,
      int listLength,
      int[] listOf,
      int words,
      int k,
      int[] position) {
    synchronized (context) {
      ClScratch.Slice q = queries.input(querySignatures, 0, querySignatures.length);
      ClScratch.Slice p =
          poolSignatures == querySignatures
              ? q
              : pools.input(poolSignatures, 0, poolSignatures.length);
      ClScratch.Slice all = lists.input(candidates, 0, candidates.length);
      ClBuffer out = distance[0].words((long) batch * k);
      try (ClBuffer rows = context.copyOf(queryRow, 0, batch);
          ClBuffer chosen = context.copyOf(listOf, 0, batch)) {
        context
            .kernel(FILE, "", "nearest_of_lists")
            .launch(
                new long[] {(long) LIST_GROUP * batch},
                new long[] {LIST_GROUP},
                q.buffer(),
                q.at(),
                rows,
                p.buffer(),
                p.at(),
                poolSignatures.length / words,
                all.buffer(),
                chosen,
                listLength,
                words,
                k,
                out,
                new ClKernel.Local(4L * listLength));
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
