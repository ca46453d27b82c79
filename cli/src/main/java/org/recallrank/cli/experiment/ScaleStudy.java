package org.recallrank.cli.experiment;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.TopK;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.io.DataException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Encoding;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.recall.RecallStage;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.world.GeneratedWorld;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/**
 * Time and memory of training and of selection as users, items and pool grow tenfold.
 *
 * <p>Training: an epoch of DCN-V2 with RAR on worlds whose users have two rows each, the rows of
 * small worlds read again until there is enough to measure. Lazy Adam, for a dense step would sweep
 * every user's embedding. Selection: the nearest of a pool of random signatures.
 */
public final class ScaleStudy {
  private static final int START = 10_000;
  private static final int ROWS_PER_USER = 2;
  private static final int ENOUGH_ROWS = 400_000;
  private static final int SELECTED = 100;
  private static final int QUERIES = 16;
  private static final int BLOCK = 1 << 20;

  private static final Map<String, String> SETTINGS =
      Map.of(
          "optimizer", "lazy_adam",
          "embedding_regularizer", "0",
          "rar_hash_source", "model",
          "rar_signature_refresh", "1000000000",
          "rar_look_alikes", "5",
          "rar_recall_items", "10",
          "pool_items", "20",
          "pool_users", "10");

  private final Kernels kernels;
  private final DatasetCache cache;
  private final CellStore store;
  private final Consumer<String> say;

  public ScaleStudy(Kernels kernels, DatasetCache cache, CellStore store, Consumer<String> say) {
    this.kernels = kernels;
    this.cache = cache;
    this.store = store;
    this.say = say;
  }

  /** Measures sizes from ten thousand to these, tenfold each time; finished ones are skipped. */
  public void run(int maxUsers, int maxPool) {
    JsonObject about = new JsonObject();
    about.addProperty("name", "scale");
    store.writeAbout(about);
    int order = 0;
    for (long users = START; users <= maxUsers; users *= 10) {
      step("training", users, order++, this::training);
    }
    for (long pool = START; pool <= maxPool; pool *= 10) {
      step("selection", pool, order++, this::selection);
    }
  }

  /** Fills in what a size costs. */
  private interface Measure {
    void of(int size, JsonObject result);
  }

  private void step(String what, long size, int order, Measure measure) {
    JsonObject configuration = new JsonObject();
    configuration.addProperty("what", what);
    configuration.addProperty("size", size);
    configuration.addProperty("kernels", kernels.name());
    configuration.addProperty("threads", kernels.workers().threads());
    String id = String.format(Locale.ROOT, "%s-%010d", what, size);
    if (store.finished(id, configuration).isPresent()) {
      return;
    }
    say.accept(what + " of " + size);
    JsonObject result = new JsonObject();
    result.addProperty("what", what);
    result.addProperty("size", size);
    try {
      measure.of((int) size, result);
    } catch (OutOfMemoryError e) {
      throw new DataException(
          what
              + " of "
              + size
              + " does not fit the memory of this JVM; finished sizes are kept: give it more"
              + " (RECALLRANK_JVM_OPTS=-Xmx16g) and --resume");
    }
    store.write(id, order, configuration, result);
  }

  private void training(int users, JsonObject result) {
    long rows = (long) users * ROWS_PER_USER;
    GeneratedWorld world =
        new GeneratedWorld(
            new GeneratedWorld.Config(
                2024, rows, users, users / 10, 20, 20, new SplitRatios(98, 1, 1)));
    long start = System.nanoTime();
    try (DatasetFolder data = cache.open(world, 1)) {
      result.addProperty("encodeSeconds", seconds(start));
      TrainingSpec spec = TrainingSpec.of("dcnv2", "rar", new Settings(withEpochs(rows)));
      start = System.nanoTime();
      RecallData recall = recall(world, data, spec);
      result.addProperty("recallSeconds", seconds(start));
      var model = spec.build(data.schema(), recall);
      LastSteps timed = new LastSteps();
      new Trainer(model, spec.train(), kernels)
          .fit(data.split(Split.TRAIN), data.split(Split.VALID), timed);
      result.addProperty("microsPerRow", timed.microsPerRow());
      result.addProperty("rows", rows);
      result.addProperty("heapMiB", timed.heapMiB);
      result.addProperty("parameters", model.parameters().trainableCount());
      result.addProperty("poolRows", recall.pools().items().length);
    }
  }

  private static Map<String, String> withEpochs(long rows) {
    long epochs = Math.clamp(ENOUGH_ROWS / rows, 1, 20);
    var settings = new java.util.TreeMap<>(SETTINGS);
    settings.put("epochs", Long.toString(epochs));
    settings.put("early_stop_patience", Long.toString(epochs));
    return settings;
  }

  private static RecallData recall(GeneratedWorld world, DatasetFolder data, TrainingSpec spec) {
    Encoding encoding = data.encoding();
    return new RecallStage(data.split(Split.TRAIN))
        .supplied(
            world.recallItems(encoding, spec.pools().items()),
            world.lookAlikes(encoding, spec.pools().users()),
            null,
            spec.pools());
  }

  /**
   * Time per row of each step, median of the later half: the first ones warm up. And the heap at
   * the end of an epoch, when all that training needs is there: weights, gradients, the optimizer's
   * moments, the tape, pools and vectors. Encoded rows are mapped files and not on the heap.
   */
  private static final class LastSteps implements TrainListener {
    private double[] micros = new double[64];
    private int steps;
    private long last;
    private long lastRows;
    private double heapMiB;

    @Override
    public void step(int epoch, TrainStep.Report report, long rows, long totalRows) {
      long now = System.nanoTime();
      if (rows > lastRows && last != 0) {
        micros = steps == micros.length ? Arrays.copyOf(micros, 2 * steps) : micros;
        micros[steps++] = (now - last) * 1e-3 / (rows - lastRows);
      }
      last = now;
      lastRows = rows;
      if (rows == totalRows) { // what follows is an evaluation
        heapMiB = Math.max(heapMiB, usedMiB());
        last = 0;
        lastRows = 0;
      }
    }

    double microsPerRow() {
      double[] later = Arrays.copyOfRange(micros, steps / 2, steps);
      Arrays.sort(later);
      return later.length == 0 ? Double.NaN : later[later.length / 2];
    }
  }

  private void selection(int pool, JsonObject result) {
    long[] signatures = new long[pool];
    Rng rng = new Rng(pool);
    for (int i = 0; i < pool; i++) {
      signatures[i] = rng.nextLong();
    }
    long[] queries = new long[QUERIES];
    Arrays.setAll(queries, q -> rng.nextLong());
    int k = Math.min(SELECTED, pool);
    double[] took = new double[3];
    nearest(queries, signatures, k);
    for (int round = 0; round < took.length; round++) {
      long start = System.nanoTime();
      nearest(queries, signatures, k);
      took[round] = seconds(start);
    }
    Arrays.sort(took);
    result.addProperty("millisPerQuery", took[1] * 1000 / QUERIES);
    result.addProperty("signaturesPerSecond", (double) pool * QUERIES / took[1]);
    result.addProperty("heapMiB", usedMiB());
    result.addProperty("poolRows", signatures.length); // which keeps it alive until then
  }

  /** Block by block, so that memory beside the pool does not grow with it. */
  private long nearest(long[] queries, long[] pool, int k) {
    long checksum = 0;
    long[] best = new long[QUERIES * k];
    Arrays.fill(best, Long.MAX_VALUE);
    for (int from = 0; from < pool.length; from += BLOCK) {
      int n = Math.min(BLOCK, pool.length - from);
      int found = Math.min(k, n);
      int[] index = new int[QUERIES * found];
      int[] distance = new int[QUERIES * found];
      kernels
          .hamming()
          .topK(
              BitMatrix.of(queries, 1),
              new BitMatrix(pool, from, n, 1),
              found,
              new TopK(index, distance));
      for (int q = 0; q < QUERIES; q++) {
        long[] merged = new long[k + found];
        System.arraycopy(best, q * k, merged, 0, k);
        for (int i = 0; i < found; i++) {
          merged[k + i] = (long) distance[q * found + i] << 32 | from + index[q * found + i];
        }
        Arrays.sort(merged);
        System.arraycopy(merged, 0, best, q * k, k);
      }
    }
    for (long key : best) {
      checksum += key;
    }
    return checksum;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  /** What the heap holds after a collection. */
  private static double usedMiB() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
  }
}
