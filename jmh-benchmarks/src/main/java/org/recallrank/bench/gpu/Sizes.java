package org.recallrank.bench.gpu;

import java.util.List;
import java.util.Map;
import org.recallrank.bench.compare.Duel;

/**
 * How much is measured.
 *
 * @param squares sides of square matrix products
 * @param productBatch rows of training's matrix products and of the co-interaction
 * @param pool signatures to search, at most
 * @param batch rows of a training step
 * @param rows of the generated world, of which 7 in 10 are trained on
 * @param epochs of training that are measured, after one that warms up
 * @param settings of the trained model, beside the defaults
 */
record Sizes(
    List<Integer> squares,
    int productBatch,
    int pool,
    int batch,
    long rows,
    int epochs,
    Map<String, String> settings,
    Duel.Effort effort) {
  private static final int POOL = 100_000_000;

  /** To see that it works. */
  static Sizes quick() {
    return new Sizes(
        List.of(256, 512),
        512,
        200_000,
        1024,
        12_000,
        1,
        Map.of("pool_items", "40", "pool_users", "20"),
        new Duel.Effort(0.2, 3, 0.02));
  }

  /** For a device that is the host's own processor. */
  static Sizes ofCpu() {
    return new Sizes(
        List.of(1024, 2048), 4096, POOL, 4096, 100_000, 2, Map.of(), new Duel.Effort(3, 5, 0.1));
  }

  static Sizes ofGpu() {
    return new Sizes(
        List.of(1024, 2048, 4096, 8192),
        1 << 16,
        POOL,
        1 << 16,
        1_000_000,
        2,
        Map.of(),
        new Duel.Effort(3, 5, 0.1));
  }

  /** The same with what is not null in place of its own. */
  Sizes with(Integer otherPool, Integer otherBatch, Long otherRows) {
    return new Sizes(
        squares,
        productBatch,
        otherPool == null ? pool : otherPool,
        otherBatch == null ? batch : otherBatch,
        otherRows == null ? rows : otherRows,
        epochs,
        settings,
        effort);
  }
}
