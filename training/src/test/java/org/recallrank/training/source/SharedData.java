package org.recallrank.training.source;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Data sets that are not part of the project: in the folder that the system property {@code
 * recallrank.data} names, or in {@code shared/data} beside the repository. Tests that need them are
 * skipped where they are missing.
 */
public final class SharedData {
  private SharedData() {}

  public static Path folder(String name) {
    String asked = System.getProperty("recallrank.data", "");
    Path root = asked.isBlank() ? repository().resolveSibling("shared/data") : Path.of(asked);
    Path folder = root.resolve(name);
    assumeTrue(Files.isDirectory(folder), () -> "no data set in " + folder);
    return folder;
  }

  /** Tests run in the folder of their module. */
  private static Path repository() {
    return Path.of("").toAbsolutePath().getParent();
  }
}
