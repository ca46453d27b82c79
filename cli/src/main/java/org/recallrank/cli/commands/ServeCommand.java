package org.recallrank.cli.commands;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.serve.HttpService;
import org.recallrank.cli.serve.Limits;
import org.recallrank.cli.serve.ServedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code recallrank serve}: probabilities over HTTP, until the process is told to end. */
@Command(
    name = "serve",
    description = "Scores and ranks items over HTTP; see docs/SERVING.md.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ServeCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;
  private static final int SLOTS_PER_PROCESSOR = 4;

  @Spec private CommandSpec spec;

  @Mixin private ComputeOptions compute;

  @Option(names = "--run", required = true, description = "the run folder")
  private Path run;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "address to listen at (default: ${DEFAULT-VALUE}, for this machine alone)")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8080",
      paramLabel = "N",
      description = "port to listen at; 0: any that is free (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description = "port of 127.0.0.1 that takes POST /reload (default: none)")
  private Integer adminPort;

  @Option(
      names = "--max-body",
      defaultValue = "1048576",
      paramLabel = "BYTES",
      description = "largest request (default: ${DEFAULT-VALUE})")
  private int maxBody;

  @Option(
      names = "--max-candidates",
      defaultValue = "1000",
      paramLabel = "N",
      description = "most items of a request (default: ${DEFAULT-VALUE})")
  private int maxCandidates;

  @Option(
      names = "--max-concurrent",
      paramLabel = "N",
      description =
          "most requests that are scored, --threads of them at a time, or wait for it; others get"
              + " 429 (default: 4 for each processor)")
  private Integer maxConcurrent;

  @Option(
      names = "--timeout",
      defaultValue = "10",
      paramLabel = "SECONDS",
      description = "most that a request may take, sending it included (default: ${DEFAULT-VALUE})")
  private int timeout;

  @Override
  public Integer call() {
    check("--port", port, 0, MOST_PORT);
    if (adminPort != null) {
      check("--admin-port", adminPort, 0, MOST_PORT);
    }
    Limits limits = limits();
    ServedModel model = new ServedModel(run, folder -> compute.ranker(folder, 1));
    HttpService service;
    try {
      service =
          new HttpService(new InetSocketAddress(host, port), adminPort, model, limits, System.err);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    Thread onEnd = new Thread(service::close);
    Runtime.getRuntime().addShutdownHook(onEnd);
    System.out.println(greeting(service, model));
    System.out.flush();
    awaitEnd();
    service.close();
    try {
      Runtime.getRuntime().removeShutdownHook(onEnd);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs.
    }
    return 0;
  }

  private Limits limits() {
    int concurrent =
        maxConcurrent == null
            ? SLOTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors()
            : maxConcurrent;
    check("--max-body", maxBody, 1, Integer.MAX_VALUE - 1);
    check("--max-candidates", maxCandidates, 1, Integer.MAX_VALUE);
    check("--max-concurrent", concurrent, 1, Integer.MAX_VALUE);
    check("--timeout", timeout, 1, Integer.MAX_VALUE);
    return new Limits(
        maxBody, maxCandidates, concurrent, compute.threads(), Duration.ofSeconds(timeout));
  }

  private void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(),
          option
              + ": expected "
              + (most >= Integer.MAX_VALUE - 1
                  ? "at least " + least
                  : "a number from " + least + " to " + most)
              + ", found "
              + value);
    }
  }

  private static String greeting(HttpService service, ServedModel model) {
    return "listening at "
        + url(service.address())
        + (service.adminAddress() == null ? "" : ", reloads at " + url(service.adminAddress()))
        + ": "
        + model.describe();
  }

  private static String url(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Only an interrupt ends this; signals end the process, and its hook closes the service. */
  private static void awaitEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      // Whoever embeds the command line wants it to return.
    }
  }
}
