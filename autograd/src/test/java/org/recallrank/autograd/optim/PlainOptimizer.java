package org.recallrank.autograd.optim;

import java.util.ArrayList;
import java.util.List;

/**
 * The oracle: optimizers in double precision, with dense arrays and no trick, straight from the
 * equations (FuxiCTR's order of a step; Adam and Adagrad as PyTorch computes them).
 */
final class PlainOptimizer {
  enum Rule {
    SGD,
    ADAGRAD,
    ADAM
  }

  /**
   * A parameter.
   *
   * @param dim columns; rows matter where tables are lazy
   * @param lazy whether rows without a gradient are left alone
   */
  record Weights(double[] w, int dim, double lambda, boolean lazy, double[] m, double[] v) {
    static Weights of(float[] start, int dim, double lambda, boolean lazy) {
      double[] w = new double[start.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = start[i];
      }
      return new Weights(w, dim, lambda, lazy, new double[w.length], new double[w.length]);
    }
  }

  private final Rule rule;
  private final double maxNorm;
  private final List<Weights> parameters = new ArrayList<>();
  private int t;
  double learningRate;
  double regularization;
  double norm;

  PlainOptimizer(Rule rule, double learningRate, double maxNorm) {
    this.rule = rule;
    this.learningRate = learningRate;
    this.maxNorm = maxNorm;
  }

  Weights add(float[] start, int dim, double lambda, boolean lazy) {
    Weights weights = Weights.of(start, dim, lambda, lazy);
    parameters.add(weights);
    return weights;
  }

  /**
   * One step.
   *
   * @param gradients per parameter the gradient of the data, dense
   * @param touched per parameter and row whether it has one
   */
  void step(double[][] gradients, boolean[][] touched) {
    t++;
    regularization = 0;
    double squares = 0;
    double[][] total = new double[gradients.length][];
    for (int p = 0; p < total.length; p++) {
      Weights weights = parameters.get(p);
      total[p] = gradients[p].clone();
      for (int i = 0; i < total[p].length; i++) {
        if (updated(weights, touched[p], i)) {
          regularization += weights.lambda / 2 * weights.w[i] * weights.w[i];
          total[p][i] += weights.lambda * weights.w[i];
          squares += total[p][i] * total[p][i];
        }
      }
    }
    norm = Math.sqrt(squares);
    double scale = Math.min(1, maxNorm / (norm + 1e-6));
    for (int p = 0; p < total.length; p++) {
      for (int i = 0; i < total[p].length; i++) {
        if (updated(parameters.get(p), touched[p], i)) {
          update(parameters.get(p), i, scale * total[p][i]);
        }
      }
    }
  }

  private static boolean updated(Weights weights, boolean[] touched, int i) {
    return !weights.lazy || touched[i / weights.dim];
  }

  private void update(Weights p, int i, double g) {
    switch (rule) {
      case SGD -> p.w[i] -= learningRate * g;
      case ADAGRAD -> {
        p.v[i] += g * g;
        p.w[i] -= learningRate * g / (Math.sqrt(p.v[i]) + 1e-10);
      }
      case ADAM -> {
        p.m[i] = 0.9 * p.m[i] + 0.1 * g;
        p.v[i] = 0.999 * p.v[i] + 0.001 * g * g;
        double mean = p.m[i] / (1 - Math.pow(0.9, t));
        double root = Math.sqrt(p.v[i] / (1 - Math.pow(0.999, t)));
        p.w[i] -= learningRate * mean / (root + 1e-8);
      }
    }
  }
}
