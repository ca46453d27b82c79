package org.recallrank.cli.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/**
 * Takes a request from the connection, has its path answer, and sends the answer. Any number of
 * threads may call it.
 */
final class Router implements HttpHandler {
  private static final String OTHER = "other"; // a client must not make up labels

  private final Map<String, Route> routes;
  private final ServiceMetrics metrics;
  private final int mostBytes;
  private final PrintStream log;
  private volatile boolean stopping;

  /**
   * Handles some paths.
   *
   * @param log gets a line for each failure that is not the client's
   */
  Router(Map<String, Route> routes, ServiceMetrics metrics, int mostBytes, PrintStream log) {
    this.routes = routes;
    this.metrics = metrics;
    this.mostBytes = mostBytes;
    this.log = log;
  }

  /** Refuses requests from now on; those that have come are answered. */
  void stop() {
    stopping = true;
  }

  boolean stopping() {
    return stopping;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Route route = routes.get(path);
    metrics.begin(); // before it is asked whether all stops: so that none is forgotten
    try {
      Reply reply;
      try {
        reply = answer(exchange, route);
      } catch (IOException e) {
        metrics.aborted(route == null ? OTHER : path);
        throw e; // closes the connection
      }
      metrics.answered(route == null ? OTHER : path, reply.status());
      send(exchange, reply);
    } finally {
      metrics.end();
    }
  }

  private Reply answer(HttpExchange exchange, Route route) throws IOException {
    try {
      RequestException refused = refusal(exchange, route);
      if (refused != null) {
        RequestBody.discard(exchange.getRequestBody());
        throw refused;
      }
      return route.endpoint().answer(RequestBody.read(exchange.getRequestBody(), mostBytes));
    } catch (RequestException e) {
      return e.reply();
    } catch (InterruptedException e) {
      return Reply.error(503, "the request took longer than --timeout allows");
    } catch (RuntimeException | Error e) {
      log.println(failure(exchange, e));
      return Reply.error(500, "internal error");
    }
  }

  /** What speaks against a request before its body is read, if anything. */
  private RequestException refusal(HttpExchange exchange, Route route) {
    if (route == null) {
      return new RequestException(404, "there is no such path; expected one of " + paths());
    }
    if (!route.method().equals(exchange.getRequestMethod())) {
      return new RequestException(
          405,
          "expected " + route.method() + ", found " + exchange.getRequestMethod(),
          Map.of("Allow", route.method()));
    }
    if (stopping && !route.alwaysAnswered()) {
      return new RequestException(
          503, "the service is shutting down", Map.of("Connection", "close"));
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null && !route.method().equals("GET") && !isJson(type)) {
      return new RequestException(415, "expected application/json, found " + type);
    }
    return null;
  }

  private static boolean isJson(String contentType) {
    return contentType
        .split(";", -1)[0]
        .strip()
        .toLowerCase(Locale.ROOT)
        .equals("application/json");
  }

  private String paths() {
    return routes.keySet().stream().sorted().toList().toString();
  }

  private static String failure(HttpExchange exchange, Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return "recallrank serve: "
        + exchange.getRequestMethod()
        + " "
        + exchange.getRequestURI().getPath()
        + " failed: "
        + e.toString().replaceAll("\\R", " ")
        + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), reply.body().length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(reply.body());
    }
  }
}
