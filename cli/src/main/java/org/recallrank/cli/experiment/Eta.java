package org.recallrank.cli.experiment;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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
  public double left(Collection<Cell> cellsLeft) {
    return cellsLeft.stream().mapToDouble(this::of).sum();
  }

  /**
   * The first of the longest cells, if it takes longer than the cells left do in {@code atOnce}
   * threads: begun later, it would still be under way when all others are done.
   */
  public Optional<Cell> longerThanItsShare(Collection<Cell> cellsLeft, int atOnce) {
    double share = left(cellsLeft) / atOnce;
    return cellsLeft.stream()
        .filter(cell -> of(cell) > share)
        .reduce((a, b) -> of(b) > of(a) ? b : a);
  }

  private double of(Cell cell) {
    double[] sum = byEnricher.get(cell.enrich());
    return sum == null ? seconds / cells : sum[0] / sum[1];
  }
}
