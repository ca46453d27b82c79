package org.recallrank.training.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.io.DataException;

/** Counts the malformed rows of one read and stops it when there are too many. */
public final class BadRowLog {
  private static final int MESSAGES_KEPT = 5;

  private final BadRows policy;
  private final Map<Path, Counter> files = new LinkedHashMap<>();
  private long total;

  private static final class Counter {
    private long rows;
    private final List<String> first = new ArrayList<>();
  }

  /** Starts without any. */
  public BadRowLog(BadRows policy) {
    this.policy = policy;
  }

  /** Notes a malformed row; throws {@code problem} if it may not be left out. */
  public void add(Path file, DataException problem) {
    total++;
    if (total > policy.limit()) {
      throw policy.limit() == 0
          ? new DataException(
              problem.getMessage() + " (--bad-rows skip:N leaves out up to N such rows)")
          : new DataException(
              problem.getMessage()
                  + " (this is malformed row "
                  + total
                  + ", and at most "
                  + policy.limit()
                  + " may be skipped)");
    }
    Counter counter = files.computeIfAbsent(file, f -> new Counter());
    counter.rows++;
    if (counter.first.size() < MESSAGES_KEPT) {
      counter.first.add(problem.getMessage());
    }
  }

  /** What was left out so far: per file how many rows, and what was wrong with the first few. */
  public List<SkippedRows> report() {
    List<SkippedRows> report = new ArrayList<>();
    files.forEach((file, c) -> report.add(new SkippedRows(file, c.rows, List.copyOf(c.first))));
    return report;
  }
}
