package org.recallrank.cli.serve;

import java.util.concurrent.atomic.LongAdder;

/** How often something took how long. Any number of threads may count and read. */
final class Histogram {
  private static final double[] SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private final LongAdder[] counts = new LongAdder[SECONDS.length + 1];
  private final LongAdder nanoseconds = new LongAdder();

  Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void observe(long took) {
    int bucket = 0;
    while (bucket < SECONDS.length && took > SECONDS[bucket] * 1e9) {
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
      String bound = i == SECONDS.length ? "+Inf" : String.valueOf(SECONDS[i]);
      sample(out, name + "_bucket", labels + ",le=\"" + bound + "\"").append(sum).append('\n');
    }
    sample(out, name + "_sum", labels).append(nanoseconds.sum() / 1e9).append('\n');
    sample(out, name + "_count", labels).append(sum).append('\n');
  }

  private static StringBuilder sample(StringBuilder out, String name, String labels) {
    return out.append(name).append('{').append(labels).append("} ");
  }
}
