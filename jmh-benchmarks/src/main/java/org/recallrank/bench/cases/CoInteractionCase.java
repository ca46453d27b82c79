package org.recallrank.bench.cases;

import static org.recallrank.bench.cases.Oracle.EPSILON;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.recallrank.kernels.CoInteractionKernel;
import org.recallrank.kernels.CoInteractionKernel.Entities;
import org.recallrank.kernels.CoInteractionKernel.Gradients;
import org.recallrank.kernels.CoInteractionKernel.Outputs;
import org.recallrank.kernels.CoInteractionKernel.Sizes;
import org.recallrank.kernels.CoInteractionKernel.Upstream;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;

/**
 * RAR's co-interaction (Eq. 6, 9, 10, 11) with all widths equal to d, alone or with its gradients.
 * Alone, nobody reads the matching matrix, as when serving.
 */
public final class CoInteractionCase implements KernelCase {

  /** What is computed. */
  public enum Pass {
    FORWARD,
    FORWARD_BACKWARD
  }

  /** k_l x k_r x d. */
  public enum Shape {
    S10X20X32(10, 20, 32),
    S20X20X64(20, 20, 64),
    S10X32X16(10, 32, 16);

    final int kl;
    final int kr;
    final int d;

    Shape(int kl, int kr, int d) {
      this.kl = kl;
      this.kr = kr;
      this.d = d;
    }
  }

  public final Pass pass;
  public final Sizes sizes;

  /** Distinct users, and as many items. */
  public final int entities;

  /** High-order representations, [entities, d]; scores have variance 1. */
  public final float[] hu;

  /** [entities, d]. */
  public final float[] hi;

  /** Embeddings, [entities, d]. */
  public final float[] eu;

  /** [entities, d]. */
  public final float[] ei;

  /** [batch, kl]. */
  public final int[] userIndex;

  /** [batch, kr]. */
  public final int[] itemIndex;

  /** Gradient of {@link #enriched}, [batch, 2 * d]. */
  public final float[] dEnriched;

  /** [batch, kl, kr]; null without a backward pass. */
  public final float[] m;

  /** [batch, kl]. */
  public final float[] wu;

  /** [batch, kr]. */
  public final float[] wi;

  /** [batch, 2 * d]. */
  public final float[] enriched;

  /** Gradient of each position's row of hu, [batch, kl, d]; null without a backward pass. */
  public final float[] dhu;

  /** [batch, kr, d], or null. */
  public final float[] dhi;

  /** [batch, kl, d], or null. */
  public final float[] deu;

  /** [batch, kr, d], or null. */
  public final float[] dei;

  public CoInteractionCase(Pass pass, Shape shape, int batch, int entities) {
    this(pass, batch, shape.kl, shape.kr, shape.d, entities);
  }

  public CoInteractionCase(Pass pass, int batch, int kl, int kr, int d, int entities) {
    this.pass = pass;
    this.entities = entities;
    sizes = new Sizes(batch, kl, kr, d, d, d);
    SplittableRandom random = new SplittableRandom(42);
    hu = representations(random, entities, d);
    hi = representations(random, entities, d);
    eu = Oracle.normals(random, entities * d);
    ei = Oracle.normals(random, entities * d);
    userIndex = Oracle.positions(random, batch * kl, entities);
    itemIndex = Oracle.positions(random, batch * kr, entities);
    dEnriched = Oracle.normals(random, batch * 2 * d);
    wu = new float[batch * kl];
    wi = new float[batch * kr];
    enriched = new float[batch * 2 * d];
    boolean backward = pass == Pass.FORWARD_BACKWARD;
    m = backward ? new float[batch * kl * kr] : null;
    dhu = backward ? new float[batch * kl * d] : null;
    dhi = backward ? new float[batch * kr * d] : null;
    deu = backward ? new float[batch * kl * d] : null;
    dei = backward ? new float[batch * kr * d] : null;
  }

  private static float[] representations(SplittableRandom random, int n, int d) {
    float[] values = Oracle.normals(random, n * d);
    float scale = (float) Math.pow(d, -0.25);
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return values;
  }

  @Override
  public String name() {
    return "co-interaction "
        + pass
        + " "
        + sizes.batch()
        + "x"
        + sizes.kl()
        + "x"
        + sizes.kr()
        + "x"
        + sizes.h();
  }

  /** Per pair: a score, its sigmoid, two means; per entity: its share of v_enr; then gradients. */
  @Override
  public Work work() {
    double batch = sizes.batch();
    double d = sizes.h();
    double pairs = batch * sizes.kl() * sizes.kr();
    double positions = batch * (sizes.kl() + sizes.kr());
    double flops = pairs * (2 * d + VectorMathCase.SIGMOID_FLOPS + 2) + positions * 2 * d;
    double floats = 4.0 * entities * d + positions + enriched.length;
    if (pass == Pass.FORWARD_BACKWARD) {
      // dM * M * (1 - M); products with hi and hu; gradients of weights and of embeddings.
      flops += pairs * (5 + 4 * d) + positions * 3 * d;
      floats += pairs + dEnriched.length + 2 * positions * d;
    }
    double bytes = Float.BYTES * floats + Integer.BYTES * positions;
    return new Work(pairs, "pairs", flops, bytes);
  }

  @Override
  public void reset() {
    Arrays.fill(wu, Float.NaN);
    Arrays.fill(wi, Float.NaN);
    Arrays.fill(enriched, Float.NaN);
    if (pass == Pass.FORWARD_BACKWARD) {
      Arrays.fill(m, Float.NaN);
      Arrays.fill(dhu, Float.NaN);
      Arrays.fill(dhi, Float.NaN);
      Arrays.fill(deu, Float.NaN);
      Arrays.fill(dei, Float.NaN);
    }
  }

  @Override
  public Object run(Kernels kernels) {
    CoInteractionKernel kernel = kernels.coInteraction();
    Entities users = side(hu, eu, userIndex, sizes.kl());
    Entities items = side(hi, ei, itemIndex, sizes.kr());
    Outputs out =
        new Outputs(
            matrix(m, sizes.kr()),
            matrix(wu, sizes.kl()),
            matrix(wi, sizes.kr()),
            matrix(enriched, 2 * sizes.h()));
    kernel.forward(users, items, out);
    if (pass == Pass.FORWARD) {
      return enriched;
    }
    kernel.backward(
        users,
        items,
        new Upstream(out.m(), out.wu(), out.wi(), matrix(dEnriched, 2 * sizes.h()), null, null, 0),
        new Gradients(
            matrix(dhu, sizes.h()),
            matrix(dhi, sizes.h()),
            matrix(deu, sizes.h()),
            matrix(dei, sizes.h())));
    return dhi;
  }

  private Entities side(float[] hidden, float[] embedding, int[] index, int k) {
    return new Entities(matrix(hidden, sizes.h()), matrix(embedding, sizes.h()), Ids.of(index), k);
  }

  private static Matrix matrix(float[] x, int cols) {
    return x == null ? null : Matrix.of(x, x.length / cols, cols);
  }

  @Override
  public void compare() {
    for (int b = 0; b < sizes.batch(); b++) {
      new Row(b).compare();
    }
  }

  /**
   * One row of the batch in double precision. An array of errors bounds what rounding to float can
   * do to the values beside it, to first order.
   */
  private final class Row {
    private final int kl = sizes.kl();
    private final int kr = sizes.kr();
    private final int d = sizes.h();
    private final int users; // first position of the row
    private final int items;
    private final int v;
    private final double[][] match = new double[kl][kr];
    private final double[][] matchError = new double[kl][kr];
    private final double[] userWeight = new double[kl];
    private final double[] userWeightError = new double[kl];
    private final double[] itemWeight = new double[kr];
    private final double[] itemWeightError = new double[kr];

    Row(int b) {
      users = b * kl;
      items = b * kr;
      v = b * 2 * d;
      for (int u = 0; u < kl; u++) {
        for (int i = 0; i < kr; i++) {
          match(u, i);
        }
      }
      for (int u = 0; u < kl; u++) {
        userWeightError[u] += (kr + 1) * EPSILON * userWeight[u];
      }
      for (int i = 0; i < kr; i++) {
        itemWeightError[i] += (kl + 1) * EPSILON * itemWeight[i];
      }
    }

    private void match(int u, int i) {
      double score = 0;
      double magnitude = 0;
      for (int j = 0; j < d; j++) {
        double product = (double) user(hu, u, j) * item(hi, i, j);
        score += product;
        magnitude += Math.abs(product);
      }
      double sigmoid = 1 / (1 + Math.exp(-score));
      double error = sigmoid * (1 - sigmoid) * (d + 1) * EPSILON * magnitude + 3e-7 * sigmoid;
      match[u][i] = sigmoid;
      matchError[u][i] = error;
      userWeight[u] += sigmoid / kr;
      userWeightError[u] += error / kr;
      itemWeight[i] += sigmoid / kl;
      itemWeightError[i] += error / kl;
    }

    private float user(float[] table, int u, int j) {
      return table[userIndex[users + u] * d + j];
    }

    private float item(float[] table, int i, int j) {
      return table[itemIndex[items + i] * d + j];
    }

    void compare() {
      close("wu", wu, users, userWeight, userWeightError);
      close("wi", wi, items, itemWeight, itemWeightError);
      for (int j = 0; j < d; j++) {
        Sum vc = new Sum();
        for (int u = 0; u < kl; u++) {
          vc.add(userWeight[u], userWeightError[u], user(eu, u, j));
        }
        vc.compare("enriched", enriched, v + j);
        Sum vd = new Sum();
        for (int i = 0; i < kr; i++) {
          vd.add(itemWeight[i], itemWeightError[i], item(ei, i, j));
        }
        vd.compare("enriched", enriched, v + d + j);
      }
      if (pass == Pass.FORWARD_BACKWARD) {
        for (int u = 0; u < kl; u++) {
          close("m", m, (users + u) * kr, match[u], matchError[u]);
        }
        compareGradients();
      }
    }

    private void compareGradients() {
      double[][] score = new double[kl][kr];
      double[][] scoreError = new double[kl][kr];
      for (int u = 0; u < kl; u++) {
        Sum du = new Sum();
        for (int j = 0; j < d; j++) {
          du.add(dEnriched[v + j], 0, user(eu, u, j));
        }
        for (int i = 0; i < kr; i++) {
          Sum di = new Sum();
          for (int j = 0; j < d; j++) {
            di.add(dEnriched[v + d + j], 0, item(ei, i, j));
          }
          double upstream = du.value / kr + di.value / kl;
          double upstreamError =
              du.error() / kr
                  + di.error() / kl
                  + 2 * EPSILON * (Math.abs(du.value) / kr + Math.abs(di.value) / kl);
          double slope = match[u][i] * (1 - match[u][i]);
          score[u][i] = upstream * slope;
          scoreError[u][i] =
              upstreamError * slope
                  + Math.abs(upstream) * (matchError[u][i] + 4 * EPSILON * match[u][i]);
        }
      }
      for (int j = 0; j < d; j++) {
        for (int u = 0; u < kl; u++) {
          Sum sum = new Sum();
          for (int i = 0; i < kr; i++) {
            sum.add(score[u][i], scoreError[u][i], item(hi, i, j));
          }
          sum.compare("dhu", dhu, (users + u) * d + j);
          product("deu", deu, (users + u) * d + j, userWeight[u], userWeightError[u], v + j);
        }
        for (int i = 0; i < kr; i++) {
          Sum sum = new Sum();
          for (int u = 0; u < kl; u++) {
            sum.add(score[u][i], scoreError[u][i], user(hu, u, j));
          }
          sum.compare("dhi", dhi, (items + i) * d + j);
          product("dei", dei, (items + i) * d + j, itemWeight[i], itemWeightError[i], v + d + j);
        }
      }
    }

    private void product(
        String what, float[] found, int at, double weight, double weightError, int gradient) {
      Sum product = new Sum();
      product.add(weight, weightError, dEnriched[gradient]);
      product.compare(what, found, at);
    }

    private void close(String what, float[] found, int from, double[] expected, double[] error) {
      for (int i = 0; i < expected.length; i++) {
        Oracle.close(name() + " " + what, from + i, found[from + i], expected[i], error[i]);
      }
    }
  }

  /** A sum of products with exact second factors. */
  private final class Sum {
    private double value;
    private double magnitude;
    private double carried;
    private int terms;

    void add(double factor, double factorError, double exact) {
      value += factor * exact;
      magnitude += Math.abs(factor * exact);
      carried += factorError * Math.abs(exact);
      terms++;
    }

    double error() {
      return carried + (terms + 1) * EPSILON * magnitude;
    }

    void compare(String what, float[] found, int at) {
      Oracle.close(name() + " " + what, at, found[at], value, error());
    }
  }
}
