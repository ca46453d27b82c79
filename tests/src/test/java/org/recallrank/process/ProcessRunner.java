package org.recallrank.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, or ends it when its time is up. */
public final class ProcessRunner {
  private ProcessRunner() {}

  /**
   * What a program left behind.
   *
   * @param exitCode as the operating system gives it
   */
  public record Result(int exitCode, String stdout, String stderr) {}

  /**
   * Runs a program with an empty standard input.
   *
   * @param command the program and its arguments
   * @param folder where it starts
   * @param environment variables on top of this process's own
   * @throws AssertionError if it takes longer than {@code limit}; it is killed then, and the
   *     message holds what it had written
   */
  public static Result run(
      List<String> command, Path folder, Map<String, String> environment, Duration limit)
      throws IOException, InterruptedException {
    // Files, not pipes: no thread has to drain them, and what was written survives a kill.
    Path stdout = Files.createTempFile("stdout", ".txt");
    Path stderr = Files.createTempFile("stderr", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(stdout.toFile())
              .redirectError(stderr.toFile());
      builder.environment().remove("LD_PRELOAD"); // of this JVM; see the parent POM
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      Result result = new Result(process.exitValue(), text(stdout), text(stderr));
      if (!ended) {
        throw new AssertionError(
            "still running after " + limit + ": " + command + System.lineSeparator() + result);
      }
      return result;
    } finally {
      Files.delete(stdout);
      Files.delete(stderr);
    }
  }

  private static String text(Path file) throws IOException {
    // The constructor, not Files.readString: a killed program may leave half a character.
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
