package org.recallrank.cli.experiment;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The same figure measured with several seeds.
 *
 * @param n how many
 * @param sd standard deviation with n - 1; NaN of one
 */
public record Sample(int n, double mean, double sd) {

  /** Of values, NaN ones left out. */
  public static Sample of(double... values) {
    int n = 0;
    double sum = 0;
    for (double v : values) {
      if (!Double.isNaN(v)) {
        n++;
        sum += v;
      }
    }
    double mean = n == 0 ? Double.NaN : sum / n;
    double squares = 0;
    for (double v : values) {
      squares += Double.isNaN(v) ? 0 : (v - mean) * (v - mean);
    }
    return new Sample(n, mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)));
  }

  /**
   * Student's paired t test: could a be no different from b, seed by seed?
   *
   * @param difference mean of a - b
   * @param p two-sided; NaN if fewer than two pairs
   */
  public record Paired(int n, double difference, double t, double p) {
    /** Of values of the same seeds in the same order. */
    public static Paired of(double[] a, double[] b) {
      double[] differences = new double[a.length];
      for (int i = 0; i < a.length; i++) {
        differences[i] = a[i] - b[i];
      }
      Sample d = Sample.of(differences);
      if (d.n < 2) {
        return new Paired(d.n, d.mean, Double.NaN, Double.NaN);
      }
      if (d.sd == 0) { // all alike: certain, unless there is nothing at all
        return new Paired(d.n, d.mean, Double.NaN, d.mean == 0 ? 1 : 0);
      }
      double t = d.mean / (d.sd / Math.sqrt(d.n));
      double p = 2 * TDistribution.of(d.n - 1).survivalProbability(Math.abs(t));
      return new Paired(d.n, d.mean, t, p);
    }
  }
}
