package org.recallrank;

import java.util.Map;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;

/**
 * CIM straight from its source, in double and with nothing shared: for every row every candidate is
 * embedded, scored and attended to again.
 */
final class CimOracle {
  private static final double NORM_EPSILON = 1e-8;

  private final SmallRecallWorld world;
  private final int length;
  private final int heads;
  private final int dim;
  private final Map<String, float[]> weights;

  CimOracle(SmallRecallWorld world, int length, int heads, int dim, Map<String, float[]> weights) {
    this.world = world;
    this.length = length;
    this.heads = heads;
    this.dim = dim;
    this.weights = weights;
  }

  /**
   * What it finds for a batch.
   *
   * @param embeddings E' [rows, fields * d]
   * @param loss L_aux
   * @param exposed share of the labels that are 1
   */
  record Result(double[] embeddings, double loss, double exposed) {}

  Result apply(Batch batch, boolean training) {
    Rows items = world.recall().items().rows();
    int own = world.schema().fields().size() * dim;
    int width = items.fields().size() * dim;
    double[] embeddings = new double[batch.size() * (own + width)];
    double loss = 0;
    double ones = 0;
    for (int b = 0; b < batch.size(); b++) {
      int user = batch.users()[b];
      double[] x = OracleEmbedding.of(weights, dim, batch.rows(), b);
      double[][] c = new double[length][];
      double[] w = new double[length];
      for (int j = 0; j < length; j++) {
        RecallPools pools = world.recall().pools();
        int list = pools.list(batch, b, training);
        int item = pools.items()[list * pools.itemsPerUser() + j];
        c[j] = OracleEmbedding.of(weights, dim, items, item);
        double s = score(x, c[j]);
        w[j] = 1 / (1 + Math.exp(-s));
        double label = shown(user, item) ? 1 : 0;
        ones += label;
        loss -= label > 0 ? Math.log(w[j]) : Math.log(1 - w[j]);
      }
      double[][] keys = attention("cim.block_0", c, c, w);
      double[][] query = {linear("cim.query_transform", x)};
      double[] context = attention("cim.block_1", query, keys, w)[0];
      System.arraycopy(x, 0, embeddings, b * (own + width), own);
      System.arraycopy(context, 0, embeddings, b * (own + width) + own, width);
    }
    int pairs = batch.size() * length;
    return new Result(embeddings, loss / pairs, ones / pairs);
  }

  private boolean shown(int user, int item) {
    for (int row = 0; row < world.shownUsers().length; row++) {
      if (world.shownUsers()[row] == user && world.shownItems()[row] == item) {
        return true;
      }
    }
    return false;
  }

  private double score(double[] x, double[] c) {
    double[] first = linear("cim.score_1.row", x);
    float[] ofItem = weights.get("cim.score_1.item.weight");
    for (int k = 0; k < first.length; k++) {
      for (int j = 0; j < c.length; j++) {
        first[k] += ofItem[k * c.length + j] * c[j];
      }
    }
    return linear("cim.score_3", relu(linear("cim.score_2", relu(first))))[0];
  }

  private double[][] attention(String name, double[][] queries, double[][] keys, double[] w) {
    int width = queries[0].length;
    int dh = width / heads;
    double[][] k = new double[keys.length][];
    double[][] v = new double[keys.length][];
    for (int j = 0; j < keys.length; j++) {
      k[j] = relu(linear(name + ".key", keys[j]));
      v[j] = relu(linear(name + ".value", keys[j]));
    }
    double[][] out = new double[queries.length][];
    for (int i = 0; i < queries.length; i++) {
      double[] q = relu(linear(name + ".query", queries[i]));
      double[] y = queries[i].clone();
      for (int h = 0; h < heads; h++) {
        double[] e = new double[keys.length];
        double sum = 0;
        for (int j = 0; j < keys.length; j++) {
          double s = 0;
          for (int n = h * dh; n < (h + 1) * dh; n++) {
            s += q[n] * k[j][n];
          }
          e[j] = Math.exp(s / Math.sqrt(dh));
          sum += e[j];
        }
        for (int j = 0; j < keys.length; j++) {
          for (int n = h * dh; n < (h + 1) * dh; n++) {
            y[n] += e[j] / sum * w[j] * v[j][n];
          }
        }
      }
      out[i] = normalised(name + ".norm", y);
    }
    return out;
  }

  private double[] normalised(String name, double[] x) {
    double mean = 0;
    double variance = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    for (double v : x) {
      variance += (v - mean) * (v - mean) / x.length;
    }
    float[] gamma = weights.get(name + ".weight");
    float[] beta = weights.get(name + ".bias");
    double inverse = 1 / Math.sqrt(variance + NORM_EPSILON);
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = gamma[i] * (x[i] - mean) * inverse + beta[i];
    }
    return y;
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

  private static double[] relu(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.max(0, x[i]);
    }
    return y;
  }
}
