package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Headless Chromium, to see a page as people do. */
public final class Browser {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Browser() {}

  /**
   * The document after its scripts have run. Skips the test where there is no Chromium, unless the
   * environment variable RECALLRANK_REQUIRE_CHROMIUM says that there has to be one.
   *
   * @param folder for a new profile
   */
  public static String dom(Path page, int width, int height, Path folder) {
    Optional<Path> chromium = find();
    if (!"true".equals(System.getenv("RECALLRANK_REQUIRE_CHROMIUM"))) {
      assumeTrue(
          chromium.isPresent(), "no Chromium on the PATH (Debian: apt-get install chromium)");
    }
    assertThat(chromium).as("Chromium on the PATH").isPresent();
    try {
      Path profile = Files.createTempDirectory(folder, "profile");
      ProcessRunner.Result result =
          ProcessRunner.run(
              List.of(
                  chromium.get().toString(),
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-quic",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--hide-scrollbars",
                  "--user-data-dir=" + profile,
                  "--window-size=" + width + "," + height,
                  "--dump-dom",
                  page.toUri().toString()),
              folder,
              Map.of(),
              LIMIT);
      assertThat(result.exitCode()).as(result.stderr()).isZero();
      return result.stdout();
    } catch (IOException e) {
      throw new AssertionError("Chromium could not be started", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Optional<Path> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(
            folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
