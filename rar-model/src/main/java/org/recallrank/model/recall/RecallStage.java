package org.recallrank.model.recall;

import java.util.function.DoubleConsumer;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.data.Batch;
import org.recallrank.model.data.BatchBuffer;
import org.recallrank.model.data.Dataset;
import org.recallrank.model.data.EntityTable;
import org.recallrank.model.data.EntityTables;
import org.recallrank.model.data.Split;
import org.recallrank.tensor.Rng;

/**
 * The stage before ranking, run once on the training rows: DSSM, then per user the nearest items and the
 * nearest other users by inner product, then who was shown what. It reads nothing else, so nothing of
 * validation or test can get into pools or exposures.
 */
public final class RecallStage {
  private static final int READ = 8192;

  private RecallStage() {}

  /**
   * Builds everything RAR needs.
   *
   * @param onEpoch told the loss of each epoch of DSSM
   * @throws SettingsException if a pool is to hold more than there is
   */
  public static RecallData run(
      Kernels kernels, Dataset training, Dssm.Config dssm, PoolConfig pools, Rng rng,
      DoubleConsumer onEpoch) {
    EntityTable users = EntityTables.users(training);
    EntityTable items = EntityTables.items(training);
    checkSize("pool_items", pools.items(), items.size() - 2, "items");
    checkSize("pool_users", pools.users(), users.size() - 3, "other users");
    Pairs shown = shown(training, false);
    Dssm.Vectors vectors =
        Dssm.train(
            kernels, users, items, shown(training, true).distinct(), dssm, rng.split("dssm"),
            onEpoch);
    InnerProductSearch search = new InnerProductSearch(kernels);
    RecallPools built =
        new RecallPools(
            users.size(),
            pools.items(),
            pools.users(),
            search.search(
                vectors.users(), users.size(), vectors.items(), items.size(), vectors.dim(),
                false, pools.items()),
            search.search(
                vectors.users(), users.size(), vectors.users(), users.size(), vectors.dim(), true,
                pools.users()));
    return new RecallData(
        users, items, built, Exposures.of(built, shown.users(), shown.items()), vectors.users(),
        vectors.items(), vectors.dim());
  }

  private static void checkSize(String key, int wanted, int available, String what) {
    if (wanted > available) {
      throw new SettingsException(
          key + ": expected at most the " + Math.max(0, available) + " " + what
              + " of the training data, found " + wanted);
    }
  }

  /** Users and items of the training rows, all of them or those with a click only. */
  static Pairs shown(Dataset training, boolean clickedOnly) {
    if (training.split() != Split.TRAIN) {
      throw new IllegalArgumentException(
          "the recall stage reads training rows only, found " + training.split());
    }
    int rows = Math.toIntExact(training.rows());
    int[] users = new int[rows];
    int[] items = new int[rows];
    int count = 0;
    BatchBuffer buffer = new BatchBuffer(training.schema(), READ);
    for (int from = 0; from < rows; from += READ) {
      Batch batch = buffer.fill(training, from, Math.min(READ, rows - from));
      for (int i = 0; i < batch.size(); i++) {
        if (!clickedOnly || batch.labels()[i] > 0) {
          users[count] = batch.users()[i];
          items[count] = batch.items()[i];
          count++;
        }
      }
    }
    return new Pairs(java.util.Arrays.copyOf(users, count), java.util.Arrays.copyOf(items, count));
  }
}
