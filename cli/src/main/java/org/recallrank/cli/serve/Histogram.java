package org.recallrank.cli.serve;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** How often something took how long. Any number of threads may count and read. */
final class Histogram {
  private static final String[] BOUNDS = {
    "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5",
    "5", "10", "+Inf"
  };
  private static final long[] NANOSECONDS =
      Arrays.stream(BOUNDS)
          .limit(BOUNDS.length - 1)
          .mapToLong(bound -> Math.round(Double.parseDouble(bound) * 1e9))
          .toArray();

  private final LongAdder[] counts = new LongAdder[BOUNDS.length];
  private final LongAdder nanoseconds = new LongAdder();

  Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void observe(long took) {
    int bucket = 0;
    while (bucket < NANOSECONDS.length && took > NANOSECONDS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    nanoseconds.add(took);
  }

  /**
   * Writes its samples in Prometheus' text format.
   *
   * @param labels of all samples
   */
  void write(StringBuilder out, String name, String labels) {
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i].sum();
      sample(out, name + "_bucket", labels + ",le=\"" + BOUNDS[i] + "\"").append(sum).append('\n');
    }
    sample(out, name + "_sum", labels).append(nanoseconds.sum() / 1e9).append('\n');
    sample(out, name + "_count", labels).append(sum).append('\n');
  }

  private static StringBuilder sample(StringBuilder out, String name, String labels) {
    return out.append(name).append('{').append(labels).append("} ");
  }
}
