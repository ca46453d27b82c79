package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.serve.Ranker;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.serve.Scorer;

/** A frozen model scores as the model that was trained, and each row as if it were alone. */
class RankerTest {
  private static final double ROUNDING = 2e-6;
  private static final int THREADS = 8;
  private static final int REQUESTS = 40;
  private static final int USERS = 10;

  @TempDir private static Path folder;

  private static Workers workers;
  private static WorldRuns runs;

  @BeforeAll
  static void makeTheWorld() {
    workers = Workers.create(1);
    runs = new WorldRuns(folder, new KernelSelector().select(null, workers).kernels(), 300, 1, 37);
  }

  @AfterAll
  static void close() {
    workers.close();
  }

  private interface Check {
    void run(String name, String model, String kernels) throws Exception;
  }

  /** Every base model with every enricher, and the variants, on each backend of the host. */
  private static Stream<DynamicTest> ofEach(Check check) {
    List<String[]> models = new ArrayList<>();
    for (String base : BaseModels.names()) {
      for (String enrich : Enrichers.names()) {
        models.add(new String[] {base + " + " + enrich, base + " " + enrich});
      }
    }
    WorldRuns.MODELS.forEach((name, model) -> models.add(new String[] {name, model}));
    return models.stream()
        .flatMap(
            model ->
                Stream.of("scalar", "simd")
                    .map(
                        kernels ->
                            DynamicTest.dynamicTest(
                                model[0] + " on " + kernels,
                                () -> check.run(model[0], model[1], kernels))));
  }

  private static float[] scored(SavedModel saved, String kernels, Batch batch) {
    Kernels on = new KernelSelector().select(kernels, workers).kernels();
    return new Scorer(saved.model(), on).predict(batch).toArray();
  }

  @TestFactory
  Stream<DynamicTest> freezingChangesNothingButRounding() {
    return ofEach(
        (name, model, kernels) -> {
          Path run = runs.run(name, model);
          Batch batch = runs.batches().get(0);
          float[] expected = scored(SavedModel.load(run), kernels, batch);
          try (Ranker ranker = Ranker.builder(run).kernels(kernels).build()) {
            float[] found = ranker.score(batch);
            float least = 1;
            float most = 0;
            for (int i = 0; i < expected.length; i++) {
              assertThat((double) found[i]).isCloseTo(expected[i], within(ROUNDING));
              least = Math.min(least, found[i]);
              most = Math.max(most, found[i]);
            }
            assertThat(most - least).as("rows differ").isGreaterThan(1e-3f);
          }
        });
  }

  /** The rows of a batch from {@code from} on. */
  private static Batch rows(Batch batch, int from, int n) {
    int[][] ids = new int[batch.rows().ids().length][];
    float[][] numbers = new float[ids.length][];
    for (int f = 0; f < ids.length; f++) {
      if (batch.rows().ids()[f] != null) {
        int length = batch.rows().fields().get(f).maxLength();
        ids[f] = Arrays.copyOfRange(batch.rows().ids()[f], from * length, (from + n) * length);
      } else {
        numbers[f] = Arrays.copyOfRange(batch.rows().numbers()[f], from, from + n);
      }
    }
    Rows rows = new Rows(batch.schema().fields(), n, ids, numbers);
    return new Batch(batch.schema(), rows, new float[n], new int[n]);
  }

  @TestFactory
  Stream<DynamicTest> aRowHasTheSameBitsWhateverIsScoredWithIt() {
    return ofEach(
        (name, model, kernels) -> {
          Path run = runs.run(name, model);
          Batch batch = runs.batches().get(0);
          try (Ranker ranker = Ranker.builder(run).kernels(kernels).threads(2).build()) {
            float[] together = ranker.score(batch);
            for (int n : new int[] {1, 2, 3, 17, 129}) {
              for (int from = 0; from + n <= batch.size(); from += Math.max(n, 97)) {
                float[] some = ranker.score(rows(batch, from, n));
                for (int i = 0; i < n; i++) {
                  assertThat(some[i]).as("row %d of %d", from + i, n).isEqualTo(together[from + i]);
                }
              }
            }
          }
        });
  }

  /** What is derived once and stored is what would be derived, until the weights change. */
  @TestFactory
  Stream<DynamicTest> storedTablesAreThoseThatWouldBeDerived() {
    return WorldRuns.MODELS.entrySet().stream()
        .filter(model -> model.getValue().contains(" rar"))
        .map(
            model ->
                DynamicTest.dynamicTest(
                    model.getKey(), () -> prepare(model.getKey(), model.getValue())));
  }

  private static void prepare(String name, String model) throws IOException {
    Path run = runs.run("stored " + name, model);
    Path tables = run.resolve("serving.safetensors");
    Batch batch = runs.batches().get(2);
    float[] derived = scores(run, batch);
    assertThat(tables).doesNotExist();
    SavedModel.prepareServing(run);
    assertThat(tables).exists();
    assertThat(scores(run, batch)).isEqualTo(derived);
    Map<String, StoredTensor> stored = SafeTensors.read(tables).tensors();
    Map<String, StoredTensor> wrong = new HashMap<>();
    stored.forEach(
        (table, tensor) ->
            wrong.put(
                table,
                switch (tensor.dtype()) {
                  case F32 -> StoredTensor.of(new float[(int) tensor.size()], tensor.shape());
                  case I32 -> StoredTensor.of(new int[(int) tensor.size()], tensor.shape());
                  default -> StoredTensor.of(new long[(int) tensor.size()], tensor.shape());
                }));
    new SafeTensors(wrong, SafeTensors.read(tables).metadata()).write(tables);
    assertThat(scores(run, batch)).as("are read").isNotEqualTo(derived);
    new SafeTensors(wrong, Map.of("sources", "others")).write(tables);
    assertThat(scores(run, batch)).as("of other weights").isEqualTo(derived);
    SavedModel.delete(run, runs.encoding());
    assertThat(tables).doesNotExist();
  }

  private static float[] scores(Path run, Batch batch) {
    try (Ranker ranker = Ranker.load(run)) {
      return ranker.score(batch);
    }
  }

  /** Sessions and plain calls of eight threads, each with requests of its own. */
  @TestFactory
  Stream<DynamicTest> manyThreadsScoreAsOne() {
    return Stream.of("RAR", "RAR of own embeddings", "raw", "FRNet bit", "CIM short")
        .flatMap(
            name ->
                Stream.of("scalar", "simd")
                    .map(
                        kernels ->
                            DynamicTest.dynamicTest(
                                name + " on " + kernels,
                                () -> scoreByThreads(runs.run(name), kernels))));
  }

  private static void scoreByThreads(Path run, String kernels) throws Exception {
    int users = runs.recall().users().size();
    int items = runs.recall().items().size();
    try (Ranker ranker = Ranker.builder(run).kernels(kernels).threads(2).build();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      int[] context = new int[ranker.fields().size()];
      float[][] expected = new float[USERS][items];
      int[] all = IntStream.range(0, items).toArray();
      Ranker.Session alone = ranker.session();
      for (int user = 0; user < USERS; user++) {
        alone.score(user * (users / USERS), all, items, context, expected[user]);
      }
      List<Future<?>> results = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(t);
        results.add(
            threads.submit(
                () -> {
                  Ranker.Session session = ranker.session();
                  float[] out = new float[items];
                  int[] some = new int[items];
                  for (int request = 0; request < REQUESTS; request++) {
                    int user = random.nextInt(USERS);
                    int n = 1 + random.nextInt(items);
                    for (int i = 0; i < n; i++) {
                      some[i] = random.nextInt(items);
                    }
                    session.score(user * (users / USERS), some, n, context, out);
                    for (int i = 0; i < n; i++) {
                      if (out[i] != expected[user][some[i]]) {
                        throw new AssertionError("item " + some[i] + " of user " + user);
                      }
                    }
                  }
                  return null;
                }));
        Batch batch = runs.batches().get(2);
        float[] serially = ranker.score(batch);
        results.add(
            threads.submit(
                () -> {
                  for (int request = 0; request < REQUESTS; request++) {
                    assertThat(ranker.score(batch)).isEqualTo(serially);
                  }
                }));
      }
      for (Future<?> result : results) {
        result.get(2, TimeUnit.MINUTES);
      }
    }
  }
}
