package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.process.ProcessRunner;

/** What docs/SERVING.md shows is what happens: its commands run as they stand there. */
class ServingPageTest {
  private static final Path PAGE = Path.of("..", "docs", "SERVING.md");

  @TempDir private static Path folder;

  /** A command line, and what the page shows below it. */
  private record Shown(String command, String answer) {}

  private static List<Shown> shown() throws Exception {
    List<Shown> all = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("```")) {
        inside = line.equals("```console");
      } else if (inside && line.startsWith("$ ")) {
        all.add(new Shown(line.substring(2), ""));
      } else if (inside) {
        Shown last = all.removeLast();
        all.add(new Shown(last.command(), last.answer() + line + "\n"));
      }
    }
    return all;
  }

  private static boolean curlIsThere() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path).resolve("curl")));
  }

  /** Digests, numbers and kernels differ from machine to machine. */
  private static String alike(String text) {
    return text.replaceAll("\\b[0-9a-f]{12}\\b", "DIGEST")
        .replaceAll("\\b(simd|scalar)\\b", "KERNELS")
        .replaceAll("\\d+(\\.\\d+)?(E-?\\d+)?", "N");
  }

  @Test
  void everyCommandAnswersAsShown() throws Exception {
    assumeTrue(curlIsThere(), "no curl on the PATH (Debian: apt-get install curl)");
    List<Shown> all = shown();
    assertThat(all).hasSizeGreaterThan(8).allMatch(shown -> shown.command().startsWith("curl "));
    ServedRuns runs = new ServedRuns(folder);
    runs.run("b");
    try (RunningService service = new RunningService(runs.run("a"), RunningService.LIMITS)) {
      for (Shown shown : all) {
        String command =
            here(shown.command())
                .replace(":8080/", ":" + service.port() + "/")
                .replace(":8081/", ":" + service.adminPort() + "/");
        ProcessRunner.Result result =
            ProcessRunner.run(
                List.of("bash", "-c", command), folder, Map.of(), Duration.ofSeconds(30));
        assertThat(result.exitCode()).as("%s: %s", command, result.stderr()).isZero();
        assertThat(alike(result.stdout())).as(command).isEqualTo(alike(here(shown.answer())));
      }
    }
  }

  /** The service looks for runs where it was started: this JVM was started elsewhere. */
  private static String here(String text) {
    return text.replace("runs/", folder.resolve("runs") + "/");
  }
}
