package org.recallrank.cli.experiment;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Guesses how long the cells left will take from those done: by enricher, whose costs differ. */
public final class Eta {
  private final Map<String, double[]> byEnricher = new HashMap<>(); // seconds, cells
  private double seconds;
  private int cells;

  /** Tells that a cell is done. */
  public void done(Cell cell, double took) {
    double[] sum = byEnricher.computeIfAbsent(cell.enrich(), e -> new double[2]);
    sum[0] += took;
    sum[1]++;
    seconds += took;
    cells++;
  }

  /** Seconds for these cells; NaN before any is done. */
  public double left(List<Cell> cellsLeft) {
    double left = 0;
    for (Cell cell : cellsLeft) {
      double[] sum = byEnricher.get(cell.enrich());
      left += sum == null ? seconds / cells : sum[0] / sum[1];
    }
    return left;
  }
}
