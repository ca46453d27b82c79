package org.recallrank.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.recallrank.cli.serve.HttpService;
import org.recallrank.cli.serve.Limits;
import org.recallrank.cli.serve.ServedModel;
import org.recallrank.model.serve.Ranker;

/** A service in this JVM, on free ports, and a client of it. */
final class RunningService implements AutoCloseable {
  static final Limits LIMITS = new Limits(100_000, 50, 16, 2, Duration.ofSeconds(10));

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final ServedModel model;
  private final HttpService service;
  private final HttpClient client = HttpClient.newHttpClient();

  RunningService(Path run, Limits limits) {
    model = new ServedModel(run, folder -> Ranker.builder(folder).build());
    service =
        new HttpService(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            0,
            model,
            limits,
            new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  ServedModel model() {
    return model;
  }

  int port() {
    return service.address().getPort();
  }

  int adminPort() {
    return service.adminAddress().getPort();
  }

  /** What it has complained of. */
  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  HttpResponse<String> get(String path) {
    return send(request(port(), path).GET());
  }

  HttpResponse<String> post(String path, String json) {
    return post(path, json.getBytes(StandardCharsets.UTF_8));
  }

  HttpResponse<String> post(String path, byte[] body) {
    return send(
        request(port(), path)
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  HttpResponse<String> reload(String json) {
    return send(request(adminPort(), "/reload").POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(60));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** A connection on which some text has been sent. */
  Socket connect(String text) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(30_000);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  /** A request to score, as it is sent. */
  static String raw(String json) {
    return "POST /score HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
        + json.length()
        + "\r\n\r\n"
        + json;
  }

  /** A sample of the metrics, 0 if it is not there. */
  long metric(String sample) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToLong(line -> Long.parseLong(line.substring(sample.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  void stop() {
    service.close();
  }

  @Override
  public void close() {
    stop();
    client.shutdownNow();
  }
}
