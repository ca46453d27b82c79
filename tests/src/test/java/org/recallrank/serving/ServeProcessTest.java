package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.cli.CommandLineRun;
import org.recallrank.process.JvmRunner;

/** The command as people start and end it. */
@Timeout(60)
class ServeProcessTest {
  private static final int BY_SIGTERM = 143;
  private static final Pattern GREETING =
      Pattern.compile(
          "listening at http://127\\.0\\.0\\.1:(\\d+): dcnv2 [0-9a-f]{12}, scalar kernels");
  private static final String REQUEST =
      RunningService.raw("{\"user\":\"u1\",\"items\":[\"i7\"],\"context\":{\"hour\":17}}");

  @TempDir private static Path folder;

  private static Path run;

  @BeforeAll
  static void train() throws Exception {
    run = new ServedRuns(folder).run("b");
  }

  @Test
  void aSignalEndsItWhenItsRequestsAreAnswered() throws Exception {
    Path errors = folder.resolve("errors.txt");
    Process process =
        new ProcessBuilder(
                JvmRunner.javaProgram(),
                "-cp",
                JvmRunner.ownClassPath(),
                "org.recallrank.cli.Main",
                "serve",
                "--run=" + run,
                "--port=0",
                "--kernels=scalar")
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      assertThat(line).as(Files.readString(errors)).matches(GREETING);
      Matcher greeting = GREETING.matcher(line);
      assertThat(greeting.find()).isTrue();
      int port = Integer.parseInt(greeting.group(1));
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        byte[] request = REQUEST.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(request, 0, request.length - 5);
        Thread.sleep(500); // it has come
        process.toHandle().destroy(); // unlike its own, leaves the streams open
        Thread.sleep(300);
        assertThat(process.isAlive()).isTrue();
        socket.getOutputStream().write(request, request.length - 5, 5);
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 200 OK")
            .contains("\"scores\":[0.");
      }
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(out.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(BY_SIGTERM);
    assertThat(errors).isEmptyFile();
  }

  @Test
  void whatCannotBeServedIsSaid() throws Exception {
    refused("no/run: expected a run folder", "--run=no/run");
    refused("--port: expected a number from 0 to 65535, found 65536", "--port=65536");
    refused("--admin-port: expected a number from 0", "--admin-port=-1");
    refused("--max-body: expected at least 1, found 0", "--max-body=0");
    refused("--max-candidates: expected at least 1, found -3", "--max-candidates=-3");
    refused("--max-concurrent: expected at least 1, found 0", "--max-concurrent=0");
    refused("--timeout: expected at least 1, found 0", "--timeout=0");
    refused("--threads: expected at least 1, found 0", "--threads=0");
    refused("no.such.host.invalid: expected an address", "--host=no.such.host.invalid");
    refused("opencl", "--kernels=opencl");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      refused("127.0.0.1:" + port + ": cannot listen there: Address", "--port=" + port);
      refused("127.0.0.1:" + port + ": cannot listen there", "--port=0", "--admin-port=" + port);
    }
  }

  private static void refused(String message, String... options) {
    boolean other = options[0].startsWith("--run=");
    CommandLineRun result =
        CommandLineRun.of(
            new String[] {"serve", other ? options[0] : "--run=" + run},
            other ? new String[0] : options);
    assertThat(result.err()).contains(message);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
  }
}
