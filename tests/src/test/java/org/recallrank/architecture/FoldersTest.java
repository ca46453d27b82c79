package org.recallrank.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Folders of sources are small, and each says what it is for. */
class FoldersTest {
  private static final int MOST_FILES = 25;
  private static final String DESCRIPTION = "package-info.java";

  /** Names of the source files by package folder. */
  private static Map<Path, List<String>> packages() throws IOException {
    Map<Path, List<String>> packages = new TreeMap<>();
    try (Stream<Path> rooms = Files.list(Path.of(".."))) {
      for (Path room : rooms.map(r -> r.resolve("src/main/java/org")).toList()) {
        if (!Files.isDirectory(room)) {
          continue;
        }
        try (Stream<Path> files = Files.walk(room)) {
          files
              .filter(f -> f.toString().endsWith(".java"))
              .forEach(
                  f ->
                      packages
                          .computeIfAbsent(f.getParent(), p -> new ArrayList<>())
                          .add(f.getFileName().toString()));
        }
      }
    }
    assertThat(packages).hasSizeGreaterThan(20);
    return packages;
  }

  @Test
  void everyPackageIsDescribed() throws IOException {
    packages().forEach((folder, names) -> assertThat(names).as("%s", folder).contains(DESCRIPTION));
  }

  @Test
  void noFolderIsCrowded() throws IOException {
    packages()
        .forEach(
            (folder, names) ->
                assertThat(names.stream().filter(n -> !n.equals(DESCRIPTION)).count())
                    .as("%s", folder)
                    .isLessThanOrEqualTo(MOST_FILES));
  }
}
