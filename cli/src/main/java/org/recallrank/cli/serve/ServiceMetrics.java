package org.recallrank.cli.serve;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a service counts since its start. Any number of threads may count and read. */
final class ServiceMetrics {
  /** Prometheus' text format. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String PREFIX = "recallrank_";
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int INTERNAL_ERROR = 500;

  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>(); // by their labels
  private final Map<String, Histogram> durations = new ConcurrentHashMap<>(); // by their paths
  private final Map<String, LongAdder> reloads =
      Map.of("done", new LongAdder(), "failed", new LongAdder());
  private final LongAdder errors = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder candidates = new LongAdder();
  private final AtomicInteger inFlight = new AtomicInteger();

  /** A request has come. */
  void begin() {
    inFlight.incrementAndGet();
  }

  /** Its answer has been sent, or its connection is gone. */
  void end() {
    inFlight.decrementAndGet();
  }

  int inFlight() {
    return inFlight.get();
  }

  /** There is an answer. */
  void answered(String path, int status) {
    count(path, String.valueOf(status));
    if (status == TOO_MANY_REQUESTS) {
      rejected.increment();
    } else if (status == INTERNAL_ERROR) {
      errors.increment();
    }
  }

  /** The client went, or its time was up, before its request was there. */
  void aborted(String path) {
    count(path, "aborted");
  }

  private void count(String path, String status) {
    requests
        .computeIfAbsent(
            "path=\"" + path + "\",status=\"" + status + "\"", labels -> new LongAdder())
        .increment();
  }

  /** A request has been scored. */
  void scored(String path, int items, long nanoseconds) {
    candidates.add(items);
    durations.computeIfAbsent(path, p -> new Histogram()).observe(nanoseconds);
  }

  void reloaded(boolean done) {
    reloads.get(done ? "done" : "failed").increment();
  }

  /** All in Prometheus' text format. */
  String text(ServedModel.Identity model) {
    StringBuilder out = new StringBuilder();
    head(out, "requests_total", "counter", "Requests by path and status of the answer.");
    new TreeMap<>(requests).forEach((labels, n) -> sample(out, "requests_total", labels, n.sum()));
    head(out, "errors_total", "counter", "Requests that failed by an error of the service.");
    sample(out, "errors_total", "", errors.sum());
    head(out, "rejected_total", "counter", "Requests that found no free slot.");
    sample(out, "rejected_total", "", rejected.sum());
    head(out, "scored_candidates_total", "counter", "Items that were scored.");
    sample(out, "scored_candidates_total", "", candidates.sum());
    head(out, "requests_in_flight", "gauge", "Requests that have come and are not answered.");
    sample(out, "requests_in_flight", "", inFlight());
    String duration = "request_duration_seconds";
    head(out, duration, "histogram", "From a request's last byte to its answer, if scored.");
    new TreeMap<>(durations)
        .forEach((path, h) -> h.write(out, PREFIX + duration, "path=\"" + path + "\""));
    head(out, "reloads_total", "counter", "Reloads by result.");
    new TreeMap<>(reloads)
        .forEach((result, n) -> sample(out, "reloads_total", "result=\"" + result + "\"", n.sum()));
    head(out, "model_info", "gauge", "The model that is served.");
    sample(
        out, "model_info", "model=\"" + model.id() + "\",kernels=\"" + model.kernels() + "\"", 1);
    return out.toString();
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type).append('\n');
  }

  private static void sample(StringBuilder out, String name, String labels, long value) {
    out.append(PREFIX).append(name);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    out.append(' ').append(value).append('\n');
  }
}
