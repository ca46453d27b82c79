package org.recallrank;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.enrich.RarConfig;
import org.recallrank.model.enrich.RarConfig.HashSource;
import org.recallrank.model.enrich.RarConfig.Pooling;
import org.recallrank.model.enrich.RarConfig.Variant;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;

/**
 * RAR straight from the paper's equations, in double and by brute force: every pool is sorted
 * whole, every entity embedded again for every row, every exposure looked for in the list of what
 * was shown.
 */
final class RarOracle {
  private final SmallRecallWorld world;
  private final RarConfig config;
  private final int dim;
  private final Map<String, float[]> weights;
  private final Map<String, float[]> hashed;

  /**
   * @param weights in use now
   * @param hashed weights as they were when the signatures were made
   */
  RarOracle(
      SmallRecallWorld world,
      RarConfig config,
      int dim,
      Map<String, float[]> weights,
      Map<String, float[]> hashed) {
    this.world = world;
    this.config = config;
    this.dim = dim;
    this.weights = weights;
    this.hashed = hashed;
  }

  /** A copy of all parameters and buffers. */
  static Map<String, float[]> snapshot(ParameterSet set) {
    Map<String, float[]> copy = new HashMap<>();
    for (Parameter p : set.parameters()) {
      copy.put(p.name(), p.value().toArray());
    }
    set.buffers().forEach((name, tensor) -> copy.put(name, tensor.toArray()));
    return copy;
  }

  /**
   * What it finds for a batch.
   *
   * @param users and {@code items}: the selected entities, [rows, kl] and [rows, kr]
   * @param embeddings E' [rows, fields * d]
   * @param exposureLoss L_ep
   * @param exposed share of the labels y_ep that are 1
   */
  record Result(
      int[] users, int[] items, double[] embeddings, double exposureLoss, double exposed) {}

  Result apply(Batch batch, boolean training) {
    boolean alone = config.variant() == Variant.USER;
    int kl = alone ? 1 : config.lookAlikes();
    int kr = config.recallItems();
    int width = (world.schema().fields().size() * 2 - 1) * dim; // all but the context field again
    int[] users = new int[batch.size() * kl];
    int[] items = new int[batch.size() * kr];
    double[] embeddings = new double[batch.size() * width];
    double loss = 0;
    int terms = 0;
    double ones = 0;
    for (int b = 0; b < batch.size(); b++) {
      double[] own = embed(weights, batch.rows(), b);
      System.arraycopy(own, 0, embeddings, b * width, own.length);
      int user = batch.users()[b];
      int[] look = alone ? new int[] {user} : select(true, user, user, kl);
      int list = world.recall().pools().list(batch, b, training);
      int[] recall = select(false, batch.items()[b], list, kr);
      System.arraycopy(look, 0, users, b * kl, kl);
      System.arraycopy(recall, 0, items, b * kr, kr);
      double[][] m = new double[kl][kr];
      double[] itemWeight = new double[kr];
      double[] userWeight = new double[kl];
      for (int u = 0; u < kl && config.variant() != Variant.AUX_WGHT; u++) {
        double[] hu = mlp("rar.mlp_user", embed(weights, rows(true), look[u]));
        for (int i = 0; i < kr; i++) {
          double[] hi = mlp("rar.mlp_item", embed(weights, rows(false), recall[i]));
          m[u][i] = sigmoid(dot(hu, hi)); // Eq. 6
          userWeight[u] += m[u][i] / kr; // Eq. 9
          itemWeight[i] += m[u][i] / kl;
        }
      }
      boolean sum = config.variant() == Variant.AUX_WGHT || config.variant() == Variant.WGHT;
      int at = b * width + own.length; // Eq. 10 and 11
      at = addWeighted(sum ? ones(kl) : userWeight, look, rows(true), embeddings, at);
      addWeighted(sum ? ones(kr) : itemWeight, recall, rows(false), embeddings, at);
      for (int i = 0; i < kr; i++) { // Eq. 7 and 8
        double y = exposed(recall[i], look) ? 1 : 0;
        ones += y;
        if (config.exposureLoss() == ExposureLoss.ITEM_WEIGHT) {
          loss += crossEntropy(itemWeight[i], y);
          terms++;
        } else {
          for (int u = 0; u < kl; u++) {
            loss += crossEntropy(m[u][i], y);
            terms++;
          }
        }
      }
    }
    return new Result(users, items, embeddings, loss / terms, ones / (batch.size() * kr));
  }

  private Rows rows(boolean ofUsers) {
    EntityTable table = ofUsers ? world.recall().users() : world.recall().items();
    return table.rows();
  }

  private static double[] ones(int n) {
    return IntStream.range(0, n).mapToDouble(i -> 1).toArray();
  }

  private boolean exposed(int item, int[] users) {
    for (int row = 0; row < world.shownUsers().length; row++) {
      for (int user : users) {
        if (world.shownUsers()[row] == user && world.shownItems()[row] == item) {
          return true;
        }
      }
    }
    return false;
  }

  private int addWeighted(double[] weight, int[] entities, Rows rows, double[] out, int at) {
    int width = rows.fields().size() * dim;
    double divisor = config.pooling() == Pooling.SCALED ? Math.sqrt(entities.length) : 1;
    for (int e = 0; e < entities.length; e++) {
      double[] vector = embed(weights, rows, entities[e]);
      for (int j = 0; j < width; j++) {
        out[at + j] += weight[e] * vector[j] / divisor;
      }
    }
    return at + width;
  }

  /**
   * Eq. 1 and 2: of a list of the pools the k nearest to the target, or the first k where nothing
   * is selected; of equal ones the first. The target itself comes last.
   */
  private int[] select(boolean ofUsers, int target, int list, int k) {
    var pools = world.recall().pools();
    int size = ofUsers ? pools.usersPerUser() : pools.itemsPerUser();
    int[] pool = ofUsers ? pools.users() : pools.items();
    boolean[] query = signature(ofUsers, target);
    return IntStream.range(0, size)
        .map(i -> pool[list * size + i])
        .boxed()
        .sorted(
            Comparator.comparingDouble(
                e ->
                    e == target
                        ? Double.MAX_VALUE
                        : switch (config.variant()) {
                          case SELECT -> 0;
                          case EXACT ->
                              -product(recallVector(ofUsers, target), recallVector(ofUsers, e));
                          default -> distance(query, signature(ofUsers, e));
                        }))
        .limit(k)
        .mapToInt(e -> e)
        .toArray();
  }

  private static int distance(boolean[] a, boolean[] b) {
    return (int) IntStream.range(0, a.length).filter(i -> a[i] != b[i]).count();
  }

  private static double product(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private double[] recallVector(boolean ofUsers, int entity) {
    int width = world.recall().vectors().dim();
    float[] all = ofUsers ? world.recall().vectors().users() : world.recall().vectors().items();
    return IntStream.range(0, width).mapToDouble(j -> all[entity * width + j]).toArray();
  }

  /** Eq. 3 and 4. */
  private boolean[] signature(boolean ofUsers, int entity) {
    double[] vector =
        config.hashSource() == HashSource.MODEL
            ? embed(hashed, rows(ofUsers), entity)
            : recallVector(ofUsers, entity);
    float[] p = hashed.get(ofUsers ? "rar.projection_user" : "rar.projection_item");
    boolean[] bits = new boolean[config.hashBits()];
    for (int bit = 0; bit < bits.length; bit++) {
      double sum = 0;
      for (int n = 0; n < vector.length; n++) {
        double product = vector[n] * p[n * bits.length + bit];
        sum += config.hashForm() == Form.PAPER_VOTE ? Math.signum(product) : product;
      }
      bits[bit] = sum > 0;
    }
    return bits;
  }

  private double[] embed(Map<String, float[]> from, Rows rows, int row) {
    return OracleEmbedding.of(from, dim, rows, row);
  }

  /** Eq. 5: one hidden layer. */
  private double[] mlp(String name, double[] x) {
    double[] hidden = linear(name + ".0", x);
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] = Math.max(hidden[i], 0);
    }
    return linear(name + ".2", hidden);
  }

  private double[] linear(String name, double[] x) {
    float[] w = weights.get(name + ".weight");
    float[] b = weights.get(name + ".bias");
    double[] y = new double[b.length];
    for (int o = 0; o < y.length; o++) {
      y[o] = b[o];
      for (int k = 0; k < x.length; k++) {
        y[o] += w[o * x.length + k] * x[k];
      }
    }
    return y;
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double crossEntropy(double p, double y) {
    return y > 0 ? -Math.log(p) : -Math.log(1 - p);
  }
}
