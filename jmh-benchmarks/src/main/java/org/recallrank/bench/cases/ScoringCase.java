package org.recallrank.bench.cases;

import java.util.Arrays;
import java.util.Map;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.train.TrainingSpec;

/**
 * A request for the click probabilities of one user with many candidate items. The weights are
 * random, and the embeddings large enough for the items to differ.
 *
 * <p>Its oracle scores the items one by one on the scalar backend.
 */
public final class ScoringCase implements KernelCase {
  /** Of a probability. */
  private static final double ERROR = 1e-5;

  private final TrainingSpec spec;
  private final ModelData data;
  private final Batch request;
  private Kernels scorerKernels;
  private Scorer scorer;
  private Tensor probabilities;

  /**
   * @param settings of model and enricher, by their names
   * @param data with recall data: the items come from there
   */
  public ScoringCase(
      String model, String enrich, Map<String, String> settings, ModelData data, int candidates) {
    spec = TrainingSpec.of(model, enrich, new Settings(settings));
    this.data = data;
    request = request(data, candidates);
  }

  /** User and context of the first row of the data, items from all over the table. */
  private static Batch request(ModelData data, int candidates) {
    Schema schema = data.schema();
    Rows rows = data.batches().get(0).rows();
    Rows items = data.recall().items().rows();
    int[][] ids = new int[schema.fields().size()][candidates];
    for (int f = 0; f < ids.length; f++) {
      int ofItem = items.fields().indexOf(schema.fields().get(f));
      for (int c = 0; c < candidates; c++) {
        int item = 1 + (int) ((long) c * (items.size() - 2) / candidates);
        ids[f][c] = ofItem < 0 ? rows.ids()[f][0] : items.ids()[ofItem][item];
      }
    }
    return batch(schema, ids, candidates);
  }

  private static Batch batch(Schema schema, int[][] ids, int size) {
    Rows rows = new Rows(schema.fields(), size, ids, new float[ids.length][]);
    return new Batch(schema, rows, new float[size], new int[size]);
  }

  @Override
  public String name() {
    return "scoring " + spec.model().title() + " " + request.size() + " items";
  }

  /** Many kernels of many sizes: operations and bytes are not counted. */
  @Override
  public Work work() {
    return new Work(request.size(), "rows", Double.NaN, Double.NaN);
  }

  @Override
  public void reset() {
    probabilities = null;
  }

  @Override
  public Object run(Kernels kernels) {
    if (scorerKernels != kernels) {
      scorerKernels = kernels;
      scorer = scorer(kernels);
    }
    probabilities = scorer.predict(request);
    return probabilities;
  }

  private Scorer scorer(Kernels kernels) {
    return new Scorer(spec.build(data.schema(), data.recall()), kernels);
  }

  @Override
  public void compare() {
    if (probabilities == null) {
      throw new AssertionError(name() + ": nothing was scored");
    }
    double least = 1;
    double most = 0;
    try (Workers alone = Workers.create(1)) {
      Scorer reference = scorer(new KernelSelector().select("scalar", alone).kernels());
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
    if (most - least < 1000 * ERROR) {
      throw new AssertionError(name() + ": all items score alike, which proves nothing");
    }
  }
}
