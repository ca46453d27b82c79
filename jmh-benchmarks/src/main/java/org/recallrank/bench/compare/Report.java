package org.recallrank.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.bench.ceilings.Ceilings;

/**
 * All that a comparison found.
 *
 * @param ceilings one for each number of threads; none where they could not be measured
 */
record Report(Machine machine, Duel.Effort effort, List<Ceilings> ceilings, List<Row> rows) {

  /** The ceilings with some threads, or null. */
  Ceilings ceilings(int threads) {
    return ceilings.stream().filter(c -> c.threads() == threads).findFirst().orElse(null);
  }

  /**
   * One peer in one group of cases.
   *
   * @param ratio geometric mean of the cases' median ratios
   */
  record Mean(String peer, int threads, int cases, double ratio) {}

  /** The means of a group with more than one case, in the order of the rows. */
  List<Mean> means(String group) {
    Map<String, List<Row>> byPeer = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.group().equals(group) && row.isCompared()) {
        byPeer.computeIfAbsent(row.threads() + " " + row.peer(), key -> new ArrayList<>()).add(row);
      }
    }
    return byPeer.values().stream()
        .filter(compared -> compared.size() > 1)
        .map(
            compared ->
                new Mean(
                    compared.getFirst().peer(),
                    compared.getFirst().threads(),
                    compared.size(),
                    Math.exp(
                        compared.stream()
                            .mapToDouble(r -> Math.log(r.ratio().median()))
                            .average()
                            .orElseThrow())))
        .toList();
  }

  /**
   * Which part of what its roof allows one of our operations reaches, or NaN where that is unknown.
   * Without floating-point work the roof is the bandwidth. Above 1 the data came from a cache.
   */
  double shareOfRoof(Row row) {
    Ceilings ceiling = ceilings(row.threads());
    if (!row.isMeasured() || ceiling == null || row.work().bytes() == 0) {
      return Double.NaN;
    }
    double flops = row.work().flops();
    double bytes = row.work().bytes();
    double least = flops == 0 ? bytes / ceiling.bandwidth() : flops / ceiling.roof(flops / bytes);
    return least / row.ourSeconds();
  }
}
