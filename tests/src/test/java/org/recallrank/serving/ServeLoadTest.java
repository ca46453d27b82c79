package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.cli.serve.Limits;

/** A service under load: limits hold, and nothing is lost in a reload or at the end. */
@Timeout(60)
class ServeLoadTest {
  private static final String REQUEST =
      "{\"user\":\"u42\",\"items\":[%s],\"context\":{\"hour\":17}}"
          .formatted(String.join(",", Collections.nCopies(1000, "\"i7\"")));
  private static final String SMALL =
      "{\"user\":\"u42\",\"items\":[\"i7\",\"i9\"],\"context\":{\"hour\":17}}";

  @TempDir private static Path folder;

  private static ServedRuns runs;

  @BeforeAll
  static void train() throws Exception {
    runs = new ServedRuns(folder);
  }

  private static RunningService start(int concurrent, int seconds) {
    return new RunningService(
        runs.run("a"), new Limits(100_000, 1000, concurrent, 1, Duration.ofSeconds(seconds)));
  }

  /** Does the same in some threads until {@code meanwhile} has ended, and gives all results. */
  private static <T> List<T> repeat(int threads, Callable<T> call, Callable<?> meanwhile)
      throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    List<T> results = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<List<T>>> futures = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        futures.add(
            pool.submit(
                () -> {
                  List<T> own = new ArrayList<>();
                  while (!ended.get()) {
                    own.add(call.call());
                  }
                  return own;
                }));
      }
      try {
        meanwhile.call();
      } finally {
        ended.set(true);
      }
      for (Future<List<T>> future : futures) {
        results.addAll(future.get(30, TimeUnit.SECONDS));
      }
    }
    return results;
  }

  @Test
  void beyondTheSlotsRequestsAreRefusedAtOnce() throws Exception {
    try (RunningService service = start(1, 10)) {
      List<HttpResponse<String>> answers =
          repeat(
              12,
              () -> service.post("/score", REQUEST),
              () -> {
                Thread.sleep(1500);
                return null;
              });
      Map<Integer, Integer> counts = new HashMap<>();
      answers.forEach(answer -> counts.merge(answer.statusCode(), 1, Integer::sum));
      assertThat(counts).containsOnlyKeys(200, 429);
      HttpResponse<String> refused =
          answers.stream().filter(a -> a.statusCode() == 429).findFirst().orElseThrow();
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.body()).contains("at most 1 requests at a time (--max-concurrent)");
      assertThat(service.metric("recallrank_rejected_total")).isEqualTo((long) counts.get(429));
      assertThat(service.post("/score", REQUEST).statusCode()).as("recovered").isEqualTo(200);
      assertThat(service.log()).isEmpty();
    }
  }

  @Test
  void slowClientsHoldNoSlotAndAreLetGo() throws Exception {
    try (RunningService service = start(1, 1)) {
      String request = RunningService.raw(SMALL);
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        slow.add(service.connect(request.substring(0, request.length() - 5)));
      }
      slow.add(service.connect("POST /score HTTP/1.1\r\nHost: a\r\nConte"));
      slow.add(service.connect("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"));
      slow.add(
          service.connect("POST /score HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n"));
      assertThat(service.post("/score", SMALL).statusCode()).isEqualTo(200);
      for (Socket socket : slow) {
        try (socket) {
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
      }
      String aborted = "recallrank_requests_total{path=\"/score\",status=\"aborted\"}";
      assertThat(service.metric(aborted)).isEqualTo(21);
      assertThat(service.metric("recallrank_requests_in_flight")).as("but this one").isOne();
      assertThat(service.log()).isEmpty();
    }
  }

  @Test
  void aReloadLosesNoRequest() throws Exception {
    try (RunningService service = start(16, 10)) {
      Map<String, String> answers = new HashMap<>();
      List<HttpResponse<String>> all =
          repeat(
              3,
              () -> service.post("/score", SMALL),
              () -> {
                for (int i = 0; i < 12; i++) {
                  HttpResponse<String> reloaded =
                      service.reload("{\"run\":\"" + runs.run(i % 2 == 0 ? "b" : "a") + "\"}");
                  assertThat(reloaded.statusCode()).as(reloaded.body()).isEqualTo(200);
                  HttpResponse<String> now = service.post("/score", SMALL);
                  answers.put(model(now.body()), now.body());
                  assertThat(model(now.body())).isEqualTo(model(reloaded.body()));
                }
                return null;
              });
      assertThat(answers.keySet())
          .hasSize(2)
          .allMatch(id -> id.matches("dcnv2( \\+ rar)? [0-9a-f]{12}"));
      assertThat(all)
          .isNotEmpty()
          .allSatisfy(a -> assertThat(a.body()).isEqualTo(answers.get(model(a.body()))));
      assertThat(service.metric("recallrank_reloads_total{result=\"done\"}")).isEqualTo(12);
    }
  }

  private static String model(String json) {
    return JsonParser.parseString(json).getAsJsonObject().get("model").getAsString();
  }

  @Test
  void aFailedReloadChangesNothing() {
    try (RunningService service = start(4, 10)) {
      String before = service.get("/health").body();
      HttpResponse<String> failed = service.reload("{\"run\":\"no/such/run\"}");
      assertThat(failed.statusCode()).isEqualTo(409);
      assertThat(failed.body()).contains("no/such/run: expected a run folder");
      assertThat(service.reload("{\"rum\":1}").body()).contains("did you mean \\\"run\\\"?");
      assertThat(service.get("/health").body()).isEqualTo(before);
      assertThat(service.metric("recallrank_reloads_total{result=\"failed\"}")).isEqualTo(1);
      assertThat(service.reload("").statusCode()).as("the same anew").isEqualTo(200);
      assertThat(service.get("/health").body()).isEqualTo(before);
      assertThat(service.post("/reload", "{}").statusCode()).as("not for all").isEqualTo(404);
    }
  }

  @Test
  void whatHasBegunIsFinished() throws Exception {
    RunningService service = start(4, 20);
    String request = RunningService.raw(SMALL);
    try (ExecutorService thread = Executors.newSingleThreadExecutor();
        Socket running = service.connect(request.substring(0, request.length() - 5))) {
      while (service.metric("recallrank_requests_in_flight") < 2) {
        Thread.sleep(5);
      }
      Future<?> stopped = thread.submit(service::stop);
      while (service.get("/health").statusCode() == 200) {
        Thread.sleep(5);
      }
      HttpResponse<String> health = service.get("/health");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).contains("shutting down");
      HttpResponse<String> late = service.post("/score", SMALL);
      assertThat(late.statusCode()).isEqualTo(503);
      assertThat(late.body()).contains("the service is shutting down");
      assertThat(stopped.isDone()).isFalse();
      running
          .getOutputStream()
          .write(request.substring(request.length() - 5).getBytes(StandardCharsets.UTF_8));
      String answer = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("\"scores\":[0.");
      stopped.get(10, TimeUnit.SECONDS);
    } finally {
      service.close();
    }
  }

  @Test
  void anErrorOfItsOwnIsLoggedInALineAndNotShown() {
    try (RunningService service = start(4, 10)) {
      service.model().close();
      HttpResponse<String> answer = service.post("/score", SMALL);
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body().strip()).isEqualTo("{\"error\":\"internal error\"}");
      assertThat(service.log().lines())
          .singleElement()
          .asString()
          .contains("POST /score failed: java.lang.IllegalStateException: there is no ranker");
      assertThat(service.metric("recallrank_errors_total")).isOne();
    }
  }

  @Test
  void metricsCountAndHaveTheirFormat() {
    try (RunningService service = start(4, 10)) {
      for (int i = 0; i < 3; i++) {
        service.post("/score", SMALL);
      }
      service.post("/rank", "{}");
      service.get("/other%22x");
      HttpResponse<String> answer = service.get("/metrics");
      assertThat(answer.headers().firstValue("Content-Type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      String value = "[0-9.E+-]+";
      String label = "\\w+=\"[^\"\\\\\\n]*\"";
      assertThat(answer.body()).endsWith("\n");
      assertThat(answer.body().lines())
          .allMatch(
              line ->
                  line.matches("# HELP \\w+ .+|# TYPE \\w+ (counter|gauge|histogram)")
                      || line.matches(
                          "recallrank_\\w+(\\{%s(,%s)*})? %s".formatted(label, label, value)))
          .contains(
              "recallrank_requests_total{path=\"/score\",status=\"200\"} 3",
              "recallrank_requests_total{path=\"/rank\",status=\"400\"} 1",
              "recallrank_scored_candidates_total 6",
              "recallrank_requests_in_flight 1",
              "recallrank_rejected_total 0",
              "recallrank_errors_total 0",
              "recallrank_request_duration_seconds_bucket{path=\"/score\",le=\"+Inf\"} 3",
              "recallrank_request_duration_seconds_count{path=\"/score\"} 3")
          .anyMatch(line -> line.startsWith("recallrank_model_info{model=\"dcnv2 + rar "));
    }
  }
}
