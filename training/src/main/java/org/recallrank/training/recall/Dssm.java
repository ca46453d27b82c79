package org.recallrank.training.recall;

import java.util.List;
import java.util.function.DoubleConsumer;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.NormalizeRows;
import org.recallrank.autograd.ops.fused.InBatchSoftmax;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.config.Settings;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Rows;
import org.recallrank.tensor.Rng;

/**
 * A two-tower recall model (DSSM; Huang et al., CIKM 2013) over the fields of users and items,
 * trained on the positive pairs of the training rows with in-batch negatives ({@link
 * InBatchSoftmax}). RecallVectors have length 1.
 *
 * <p>The paper names DSSM as what it builds its pools with and gives no setting; the ones here are
 * ours.
 *
 * <p>Serves one thread at a time.
 */
public final class Dssm {

  /**
   * The choices of the recall model.
   *
   * @param dim width of embeddings and of the vectors
   * @param hiddenUnits hidden layers of a tower
   * @param temperature of the softmax
   */
  public record Config(
      int dim,
      List<Integer> hiddenUnits,
      int epochs,
      int batchSize,
      double learningRate,
      double temperature) {
    /** Reads itself from settings. */
    public static Config from(Settings s) {
      return new Config(
          s.integer("dssm_dim", 32, 1, "width of the recall model's vectors"),
          s.integers("dssm_hidden_units", List.of(64), "hidden layers of a tower"),
          s.integer("dssm_epochs", 15, 1, "epochs of the recall model"),
          s.integer("dssm_batch_size", 1024, 2, "pairs per step of the recall model"),
          s.number("dssm_learning_rate", 1e-3, 1e-9, 10, "Adam step size of the recall model"),
          s.number("dssm_temperature", 0.1, 1e-3, 100, "temperature of its softmax"));
    }
  }

  private final Kernels kernels;
  private final Config config;
  private final Tower users;
  private final Tower items;
  private final ParameterSet parameters;
  private final Rng rng;

  private Dssm(Kernels kernels, EntityTable users, EntityTable items, Config config, Rng rng) {
    this.kernels = kernels;
    this.config = config;
    this.rng = rng;
    parameters = new ParameterSet(rng.split("parameters"));
    this.users = new Tower(parameters, "user", users, config);
    this.items = new Tower(parameters, "item", items, config);
  }

  /**
   * Trains the towers and applies them to every entity. Padding gets the zero vector;
   * out-of-vocabulary the mean of all known ones.
   *
   * @param pairs distinct (user, item) pairs with a click
   * @param onEpoch told the mean loss of each epoch
   */
  public static RecallVectors train(
      Kernels kernels,
      EntityTable users,
      EntityTable items,
      Pairs pairs,
      Config config,
      Rng rng,
      DoubleConsumer onEpoch) {
    Dssm model = new Dssm(kernels, users, items, config, rng);
    model.fit(pairs, onEpoch);
    return new RecallVectors(
        model.users.vectors(kernels), model.items.vectors(kernels), config.dim());
  }

  private void fit(Pairs pairs, DoubleConsumer onEpoch) {
    int n = pairs.count();
    float[] logFrequency = pairs.logItemFrequency(items.table.size());
    Optimizer optimizer =
        new Adam(
            kernels,
            parameters.parameters(),
            Optimizer.Regularizer.NONE,
            config.learningRate(),
            Double.MAX_VALUE,
            Adam.Tables.LAZY);
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    int[] batchUsers = new int[config.batchSize()];
    int[] batchItems = new int[config.batchSize()];
    float[] logQ = new float[config.batchSize()];
    try (Tape tape = new Tape(kernels)) {
      for (int epoch = 0; epoch < config.epochs(); epoch++) {
        rng.split(epoch).shuffle(order, 0, n);
        double loss = 0;
        int steps = 0;
        for (int from = 0; from < n; from += config.batchSize()) {
          int size = Math.min(config.batchSize(), n - from);
          for (int i = 0; i < size; i++) {
            batchUsers[i] = pairs.users()[order[from + i]];
            batchItems[i] = pairs.items()[order[from + i]];
            logQ[i] = logFrequency[batchItems[i]];
          }
          tape.startTraining(rng);
          Variable u = users.apply(tape, batchUsers, 0, size);
          Variable v = items.apply(tape, batchItems, 0, size);
          Variable softmax =
              InBatchSoftmax.apply(u, v, batchItems, logQ, (float) config.temperature());
          tape.backward(softmax);
          optimizer.step();
          loss += softmax.value().get(0);
          steps++;
        }
        onEpoch.accept(loss / Math.max(1, steps));
      }
    }
  }

  /** Embedding of an entity's fields, MLP, length 1. */
  private static final class Tower {
    private static final double EMBEDDING_STD = 0.1;
    private static final int BLOCK = 4096;

    private final EntityTable table;
    private final FeatureEmbedding embedding;
    private final Mlp mlp;
    private final int dim;

    Tower(ParameterSet set, String name, EntityTable table, Config config) {
      this.table = table;
      dim = config.dim();
      embedding = FeatureEmbedding.named(set, name, table.rows().fields(), dim, EMBEDDING_STD);
      int in = table.rows().fields().size() * dim;
      mlp = new Mlp(set, name + ".mlp", in, config.hiddenUnits(), false, 0, dim);
    }

    Variable apply(Tape tape, int[] entities, int from, int n) {
      Rows rows = table.pick(tape, new Ids(entities, from, n));
      Variable e = embedding.apply(tape, rows);
      return NormalizeRows.apply(mlp.apply(e.reshape(n, rows.fields().size() * dim)));
    }

    float[] vectors(Kernels kernels) {
      int size = table.size();
      int[] ids = new int[size];
      for (int i = 0; i < size; i++) {
        ids[i] = i;
      }
      float[] vectors = new float[Math.multiplyExact(size, dim)];
      Tape tape = new Tape(kernels);
      for (int from = 0; from < size; from += BLOCK) {
        int n = Math.min(BLOCK, size - from);
        tape.startEvaluation();
        var value = apply(tape, ids, from, n).value();
        System.arraycopy(value.data(), value.offset(), vectors, from * dim, n * dim);
      }
      for (int j = 0; j < dim; j++) {
        double sum = 0;
        for (int i = 1; i < size - 1; i++) {
          sum += vectors[i * dim + j];
        }
        vectors[j] = 0;
        vectors[(size - 1) * dim + j] = (float) (sum / Math.max(1, size - 2));
      }
      return vectors;
    }
  }
}
