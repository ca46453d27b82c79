package org.recallrank.cli.serve;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.recallrank.model.io.DataException;

/**
 * A model behind HTTP, from its start to its close.
 *
 * <p>A request has a virtual thread, which reads it as a whole before it asks for a slot; scoring
 * is done on a few platform threads. Any thread may close it.
 */
public final class HttpService implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final long PAUSE_MILLISECONDS = 5;

  private final ServedModel model;
  private final Limits limits;
  private final ServiceMetrics metrics = new ServiceMetrics();
  private final Admission admission;
  private final Deadlines deadlines;
  private final ExecutorService adminThreads = Executors.newVirtualThreadPerTaskExecutor();
  private final Router router;
  private final HttpServer server;
  private final HttpServer admin; // null if there is none

  /**
   * Starts to listen.
   *
   * @param address port 0: any that is free
   * @param adminPort on the loopback address; null if there is to be none
   * @param log gets a line for each failure that is not the client's
   * @throws DataException if it cannot listen there
   */
  public HttpService(
      InetSocketAddress address,
      Integer adminPort,
      ServedModel model,
      Limits limits,
      PrintStream log) {
    this.model = model;
    this.limits = limits;
    server = bind(address);
    try {
      admin =
          adminPort == null
              ? null
              : bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort));
    } catch (DataException e) {
      server.stop(0);
      throw e;
    }
    admission = new Admission(limits.concurrent(), limits.threads());
    deadlines = new Deadlines(limits.timeout());
    router = new Router(routes(), metrics, limits.body(), log);
    start(server, router, deadlines);
    if (admin != null) {
      Map<String, Route> routes = Map.of("/reload", Route.post(new ReloadEndpoint(model, metrics)));
      // Counted apart; and loading a run takes as long as it takes.
      start(admin, new Router(routes, new ServiceMetrics(), limits.body(), log), adminThreads);
    }
  }

  private static void start(HttpServer server, Router router, Executor threads) {
    server.createContext("/", router);
    server.setExecutor(threads);
    server.start();
  }

  private static HttpServer bind(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new DataException(
          address.getHostString() + ": expected an address of this machine, found none");
    }
    String where = address.getAddress().getHostAddress() + ":" + address.getPort();
    try {
      return HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      throw new DataException(where + ": cannot listen there: " + e.getMessage(), e);
    }
  }

  private Map<String, Route> routes() {
    return Map.of(
        "/score",
        Route.post(scoring("/score", false)),
        "/rank",
        Route.post(scoring("/rank", true)),
        "/health",
        Route.get(body -> health()),
        "/metrics",
        Route.get(body -> Reply.text(ServiceMetrics.CONTENT_TYPE, metrics.text(model.identity()))));
  }

  private Endpoint scoring(String path, boolean ranked) {
    return new ScoringEndpoint(path, ranked, model, admission, metrics, limits.candidates());
  }

  private Reply health() {
    boolean stopping = router.stopping();
    ServedModel.Identity now = model.identity();
    JsonObject json = new JsonObject();
    json.addProperty("status", stopping ? "shutting down" : "ok");
    json.addProperty("model", now.id());
    json.addProperty("kernels", now.kernels());
    return Reply.json(stopping ? 503 : 200, json.toString());
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Where it is told to reload; null if nowhere. */
  public InetSocketAddress adminAddress() {
    return admin == null ? null : admin.getAddress();
  }

  /**
   * Takes no further requests, lets those that have come finish, but not longer than a request may
   * take, and ends. Until then new ones are answered with 503, those for health too, so that a load
   * balancer learns of it.
   */
  @Override
  public void close() {
    router.stop();
    if (admin != null) {
      admin.stop(0);
    }
    awaitAnswers();
    server.stop(0);
    adminThreads.shutdownNow();
    deadlines.close();
    admission.close();
    model.close();
  }

  private void awaitAnswers() {
    long start = System.nanoTime();
    while (metrics.inFlight() > 0 && System.nanoTime() - start < limits.timeout().toNanos()) {
      try {
        Thread.sleep(PAUSE_MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
