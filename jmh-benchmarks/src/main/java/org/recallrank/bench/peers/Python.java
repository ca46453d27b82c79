package org.recallrank.bench.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A Python interpreter with its packages.
 *
 * @param program path or name on the PATH
 */
public record Python(String program) {
  private static final long PROBE_SECONDS = 60;

  /** Debian's own, for which its packages are, if there is one; it may not be the first found. */
  public static Python ofSystem() {
    String debian = "/usr/bin/python3";
    return new Python(Files.isExecutable(Path.of(debian)) ? debian : "python3");
  }

  /**
   * What came of asking for a module's version.
   *
   * @param version null if it cannot be used
   * @param problem why not, or null
   */
  record Probe(String version, String problem) {}

  Probe probe(String module, String debianPackage) {
    Path output = null;
    try {
      output = Files.createTempFile("recallrank-probe", ".txt");
      Process process =
          new ProcessBuilder(
                  program, "-c", "import numpy, " + module + "; print(" + module + ".__version__)")
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Probe(null, program + " took over " + PROBE_SECONDS + " s to load " + module);
      }
      String[] lines = Files.readString(output, StandardCharsets.UTF_8).strip().split("\n");
      String last = lines[lines.length - 1];
      return process.exitValue() == 0
          ? new Probe(last, null)
          : new Probe(
              null, program + ": " + last + " (Debian: " + debianPackage + "; another: --python)");
    } catch (IOException e) {
      return new Probe(
          null, e.getMessage() + " (Debian: " + debianPackage + "; another: --python)");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Probe(null, "interrupted while looking for " + module);
    } finally {
      delete(output);
    }
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }
}
