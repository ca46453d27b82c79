package org.recallrank.cli.experiment;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.Lists;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.config.Settings;
import org.recallrank.model.enrich.ListNeighbours;
import org.recallrank.model.enrich.RarConfig;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.train.TrainingSpec;

/**
 * How SimHash selects beside exact nearest neighbours of the recall model's vectors: what share of
 * the recall items (look-alikes) is the same, and how long a row of each takes.
 */
final class SelectionMeasure {
  private static final int ROWS = 4096;
  private static final int ROUNDS = 7;

  private SelectionMeasure() {}

  /** Nothing if signatures are not those of the recall model's vectors. */
  static Optional<JsonObject> of(
      TrainingSpec spec, RecallData recall, Kernels kernels, Dataset rows) {
    RarConfig config = RarConfig.from(new Settings(spec.settings().given()));
    if (config.hashSource() != RarConfig.HashSource.RECALL || recall.vectors() == null) {
      return Optional.empty();
    }
    Batch batch =
        rows.fill(new BatchBuffer(rows.schema(), ROWS), 0, (int) Math.min(ROWS, rows.rows()));
    Side items =
        new Side(
            kernels,
            config,
            recall.vectors().of(Field.Role.ITEM),
            recall.pools().items(),
            recall.pools().itemsPerUser(),
            config.recallItems(),
            spec.train().seed());
    Side users =
        new Side(
            kernels,
            config,
            recall.vectors().of(Field.Role.USER),
            recall.pools().users(),
            recall.pools().usersPerUser(),
            config.lookAlikes(),
            spec.train().seed());
    int n = batch.size();
    int[] lists = new int[n];
    recall.pools().lists(batch, false, lists);
    JsonObject json = new JsonObject();
    json.addProperty("bits", config.hashBits());
    json.addProperty("poolItems", recall.pools().itemsPerUser());
    json.addProperty("itemOverlap", items.overlap(batch.items(), lists, n));
    json.addProperty("userOverlap", users.overlap(batch.users(), batch.users(), n));
    double hashed = median(() -> items.hashed(batch.items(), lists, n));
    double exact = median(() -> items.exact(batch.items(), lists, n));
    json.addProperty("simHashMicrosPerRow", hashed / n);
    json.addProperty("exactMicrosPerRow", exact / n);
    return Optional.of(json);
  }

  /** Microseconds, median of several rounds after the same number to warm up. */
  private static double median(Runnable work) {
    double[] took = new double[ROUNDS];
    for (int round = -ROUNDS; round < ROUNDS; round++) {
      long start = System.nanoTime();
      work.run();
      took[Math.max(0, round)] = (System.nanoTime() - start) * 1e-3;
    }
    Arrays.sort(took);
    return took[ROUNDS / 2];
  }

  /** Recall items or look-alike users. */
  private static final class Side {
    private final Kernels kernels;
    private final Matrix vectors;
    private final int[] candidates;
    private final int length;
    private final int k;
    private final BitMatrix signatures;
    private int[] position = new int[0];

    Side(
        Kernels kernels,
        RarConfig config,
        Matrix vectors,
        int[] candidates,
        int length,
        int k,
        long seed) {
      this.kernels = kernels;
      this.vectors = vectors;
      this.candidates = candidates;
      this.length = length;
      this.k = k;
      signatures = signatures(kernels, config.hashForm(), vectors, config.hashBits(), seed);
    }

    int[] hashed(int[] queries, int[] lists, int n) {
      position = position.length < n * k ? new int[n * k] : position;
      kernels
          .hamming()
          .topKOfLists(
              signatures,
              Ids.of(queries, n),
              signatures,
              new Lists(candidates, length, Ids.of(lists, n)),
              k,
              position);
      return position;
    }

    int[] exact(int[] queries, int[] lists, int n) {
      position = position.length < n * k ? new int[n * k] : position;
      ListNeighbours.topK(
          kernels,
          vectors,
          Ids.of(queries, n),
          new Lists(candidates, length, Ids.of(lists, n)),
          k,
          position);
      return position;
    }

    /** Mean share of the k that both select. */
    double overlap(int[] queries, int[] lists, int n) {
      int[] one = hashed(queries, lists, n).clone();
      int[] other = exact(queries, lists, n).clone();
      long common = 0;
      for (int b = 0; b < n; b++) {
        int from = b * k;
        common +=
            IntStream.range(from, from + k)
                .filter(i -> IntStream.range(from, from + k).anyMatch(j -> one[i] == other[j]))
                .count();
      }
      return (double) common / ((long) n * k);
    }
  }

  /** Signatures of vectors by a projection drawn from the seed. */
  static BitMatrix signatures(Kernels kernels, Form form, Matrix vectors, int bits, long seed) {
    Rng rng = new Rng(seed).split("selection");
    float[] projection = new float[vectors.cols() * bits];
    for (int i = 0; i < projection.length; i++) {
      projection[i] = (float) rng.nextGaussian();
    }
    long[] out = new long[Math.multiplyExact(vectors.rows(), bits / 64)];
    BitMatrix words = BitMatrix.of(out, bits / 64);
    Matrix p = Matrix.of(projection, vectors.cols(), bits);
    kernels.simHash().encode(form, vectors, p, words);
    return words;
  }
}
