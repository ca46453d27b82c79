package org.recallrank.training.metrics;

import org.eclipse.collections.impl.map.mutable.primitive.IntIntHashMap;

/**
 * AUC and gAUC as CIM measures them ({@code evaluate_results} of its source): groups are sessions
 * instead of users, and sessions of one class are left out of the AUC too, so that neither can be
 * compared with {@link Metrics}. That sessions weigh by their rows is a choice, as in {@link
 * Metrics}; it was not checked against that source.
 *
 * @param auc over the rows of the sessions that have both classes; NaN if there is none
 * @param gauc AUC per session, averaged with the sessions' numbers of rows as weights
 * @param sessions sessions that have both classes
 * @param rows rows of those sessions
 */
public record SessionMetrics(double auc, double gauc, long sessions, long rows) {
  private static final int CLICKED = 1;
  private static final int NOT_CLICKED = 2;

  /**
   * Measures the first {@code rows} rows.
   *
   * @param labels 0 or 1
   * @param sessions the session of each row, any numbers
   */
  public static SessionMetrics of(float[] labels, float[] probabilities, int[] sessions, int rows) {
    IntIntHashMap classes = new IntIntHashMap();
    for (int i = 0; i < rows; i++) {
      int seen = labels[i] == 1 ? CLICKED : NOT_CLICKED;
      classes.put(sessions[i], classes.get(sessions[i]) | seen);
    }
    float[] keptLabels = new float[rows];
    float[] keptProbabilities = new float[rows];
    int[] keptSessions = new int[rows];
    int kept = 0;
    for (int i = 0; i < rows; i++) {
      if (classes.get(sessions[i]) == (CLICKED | NOT_CLICKED)) {
        keptLabels[kept] = labels[i];
        keptProbabilities[kept] = probabilities[i];
        keptSessions[kept++] = sessions[i];
      }
    }
    Metrics metrics = Metrics.of(keptLabels, keptProbabilities, keptSessions, kept);
    return new SessionMetrics(
        metrics.auc(), metrics.gauc(), metrics.gaucGroups(), metrics.gaucRows());
  }
}
