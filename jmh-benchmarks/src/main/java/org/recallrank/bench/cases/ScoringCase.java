package org.recallrank.bench.cases;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.Ranker;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.train.TrainingSpec;

/**
 * A request for the click probabilities of one user with many candidate items. The weights are
 * random; settings must make the embeddings large enough for the items to differ.
 *
 * <p>Its oracle scores the items one by one on the scalar backend.
 */
public final class ScoringCase implements KernelCase {
  /** Of a probability. */
  private static final double ERROR = 1e-5;

  private final TrainingSpec spec;
  private final ModelData data;
  private final Batch request;
  private Kernels madeFor;
  private Supplier<Tensor> scoring;
  private final int user;
  private final int[] items;
  private final int[] context;
  private Tensor probabilities;

  /**
   * @param settings of model and enricher, by their names
   * @param data the items come from its recall data, or without them from all over the item table
   */
  public ScoringCase(
      String model, String enrich, Map<String, String> settings, ModelData data, int candidates) {
    spec = TrainingSpec.of(model, enrich, new Settings(settings));
    this.data = data;
    request = request(data, candidates);
    Schema schema = data.schema();
    int[][] ids = request.rows().ids();
    user = ids[schema.user()][0];
    items = ids[schema.item()];
    context = Arrays.stream(schema.fieldsOf(Field.Role.CONTEXT)).map(f -> ids[f][0]).toArray();
  }

  /** User and context of the first row of the data, items from all over the table. */
  private static Batch request(ModelData data, int candidates) {
    Schema schema = data.schema();
    Rows rows = data.batches().get(0).rows();
    int[][] ids = new int[schema.fields().size()][candidates];
    for (int f = 0; f < ids.length; f++) {
      int[] ofItems = ofItems(data, f);
      for (int c = 0; c < candidates; c++) {
        ids[f][c] =
            ofItems == null
                ? rows.ids()[f][0]
                : ofItems[1 + (int) ((long) c * (ofItems.length - 2) / candidates)];
      }
    }
    return batch(schema, ids, candidates);
  }

  /** A field's value for each item, or null if it is none of the items'. */
  private static int[] ofItems(ModelData data, int field) {
    Schema schema = data.schema();
    if (data.recall() == null) {
      int rows = schema.fields().get(field).vocabularySize();
      return field == schema.item() ? IntStream.range(0, rows).toArray() : null;
    }
    Rows items = data.recall().items().rows();
    int column = items.fields().indexOf(schema.fields().get(field));
    return column < 0 ? null : items.ids()[column];
  }

  private static Batch batch(Schema schema, int[][] ids, int size) {
    Rows rows = new Rows(schema.fields(), size, ids, new float[ids.length][]);
    return new Batch(schema, rows, new float[size], new int[size]);
  }

  @Override
  public String name() {
    return "scoring " + title() + " " + request.size() + " items";
  }

  /** Many kernels of many sizes: operations and bytes are not counted. */
  @Override
  public Work work() {
    return new Work(request.size(), "rows", Double.NaN, Double.NaN);
  }

  @Override
  public boolean isRequest() {
    return true;
  }

  /** Of model and enricher, such as {@code dcnv2 + rar}. */
  public String title() {
    return spec.model().title();
  }

  /** A row for each candidate; not to be changed. */
  public Batch request() {
    return request;
  }

  /**
   * A new model, with the same weights each time. Biases and what normalises are random, too, as if
   * it were trained: as zeros and ones they could be left out, and nobody would notice.
   */
  public CtrModel model() {
    CtrModel model = spec.build(data.schema(), data.recall());
    ParameterSet parameters = model.parameters();
    SplittableRandom random = new SplittableRandom(43);
    for (Parameter parameter : parameters.parameters()) {
      if (parameter.value().shape().rank() == 1) {
        addNoise(parameter.value(), random);
        parameter.touch();
      }
    }
    parameters
        .buffers()
        .forEach(
            (name, buffer) -> {
              if (buffer.shape().rank() == 1) {
                addNoise(buffer, random);
              }
            });
    return model;
  }

  /** Positive, as there are variances among them. */
  private static void addNoise(Tensor vector, SplittableRandom random) {
    for (int i = 0; i < vector.size(); i++) {
      vector.set(i, vector.get(i) + (float) random.nextDouble(0.2));
    }
  }

  /** Takes what a peer answered for the probabilities. */
  public void answer(float[] answered) {
    probabilities = Tensor.wrap(answered.clone(), answered.length);
  }

  @Override
  public void reset() {
    probabilities = null;
  }

  @Override
  public Object run(Kernels kernels) {
    if (madeFor != kernels) {
      madeFor = kernels;
      scoring = scoring(kernels);
    }
    probabilities = scoring.get();
    return probabilities;
  }

  /**
   * On the host as a service does it: row numbers in a session of the calling thread, of which
   * there may be many, or on several threads that share the rows. A device takes the batch.
   */
  private Supplier<Tensor> scoring(Kernels kernels) {
    if (kernels.name().equals("opencl")) {
      Scorer scorer = new Scorer(model(), kernels);
      return () -> scorer.predict(request);
    }
    Ranker ranker = ranker(kernels);
    if (kernels.workers().threads() > 1) {
      return () -> Tensor.wrap(ranker.score(request), items.length);
    }
    ThreadLocal<Supplier<Tensor>> ofThread = ThreadLocal.withInitial(() -> session(ranker));
    return () -> ofThread.get().get();
  }

  private Supplier<Tensor> session(Ranker ranker) {
    Ranker.Session session = ranker.session();
    float[] scored = new float[items.length];
    Tensor answer = Tensor.wrap(scored, items.length);
    return () -> {
      session.score(user, items, items.length, context, scored);
      return answer;
    };
  }

  /** The folder may go at once: what a ranker has mapped stays. */
  private Ranker ranker(Kernels kernels) {
    try (ScratchFolder folder = ScratchFolder.create()) {
      Path run = folder.path().resolve("run");
      ScoringRun.save(run, data, spec.model(), model());
      return Ranker.builder(run)
          .kernels(kernels.name())
          .threads(kernels.workers().threads())
          .build();
    }
  }

  @Override
  public void compare() {
    if (probabilities == null) {
      throw new AssertionError(name() + ": nothing was scored");
    }
    Oracle.same(name() + " scores", 0, probabilities.size(), request.size());
    double least = 1;
    double most = 0;
    try (Workers alone = Workers.create(1)) {
      Scorer reference =
          new Scorer(model(), new KernelSelector().select("scalar", alone).kernels());
      for (int c = 0; c < request.size(); c++) {
        int row = c;
        int[][] ids =
            Arrays.stream(request.rows().ids())
                .map(column -> new int[] {column[row]})
                .toArray(int[][]::new);
        double expected = reference.predict(batch(data.schema(), ids, 1)).get(0);
        Oracle.close(name(), c, probabilities.get(c), expected, ERROR);
        least = Math.min(least, expected);
        most = Math.max(most, expected);
      }
    }
    if (request.size() > 1 && most - least < 1000 * ERROR) {
      throw new AssertionError(name() + ": all items score alike, which proves nothing");
    }
  }
}
