package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Reader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The golden numbers: those of the project, or those in the folder that the system property {@code
 * recallrank.golden} names, which is laid out the same way ({@code models/<case>}, {@code
 * frnet/<case>}, {@code blocks/<case>}).
 */
final class GoldenFolder {
  private static final String PROPERTY = "recallrank.golden";

  /** Set by the build: where the user started Maven, which a relative folder is meant from. */
  private static final String START_PROPERTY = "recallrank.startDirectory";

  private static final List<String> FAMILIES = List.of("models", "frnet", "blocks");

  private final Path root;
  private final boolean asked;

  private GoldenFolder(Path root, boolean asked) {
    this.root = root;
    this.asked = asked;
  }

  /** Opens the folder; a folder that was asked for must exist and hold a case. */
  static GoldenFolder open() throws IOException {
    String asked = System.getProperty(PROPERTY, "");
    return open(asked.isBlank() ? "" : fromStart(asked));
  }

  private static String fromStart(String asked) {
    return Path.of(System.getProperty(START_PROPERTY, "")).resolve(asked).toString();
  }

  static GoldenFolder open(String asked) throws IOException {
    if (asked.isBlank()) {
      return new GoldenFolder(ownCopies(), false);
    }
    Path root = Path.of(asked);
    assertThat(root)
        .as("the folder of golden cases that -D%s names: %s", PROPERTY, root.toAbsolutePath())
        .isDirectory();
    GoldenFolder folder = new GoldenFolder(root, true);
    long cases = 0;
    for (String family : FAMILIES) {
      cases += folder.list(family).size();
    }
    assertThat(cases)
        .as("cases below %s in %s: expected folders <family>/<case>", FAMILIES, root)
        .isPositive();
    return folder;
  }

  private static Path ownCopies() {
    try {
      return Path.of(GoldenFolder.class.getResource("/golden").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The case folders of a family ("models", "frnet", "blocks") whose name starts with {@code
   * prefix}, sorted. None is a failure in the project's own copies; in a folder that was asked for,
   * the test is skipped.
   */
  List<Path> cases(String family, String prefix) throws IOException {
    List<Path> cases =
        list(family).stream().filter(c -> c.getFileName().toString().startsWith(prefix)).toList();
    if (asked) {
      assumeTrue(!cases.isEmpty(), () -> root + " holds no case " + family + "/" + prefix + "*");
    }
    assertThat(cases).as("cases %s/%s* in %s", family, prefix, root).isNotEmpty();
    return cases;
  }

  private List<Path> list(String family) throws IOException {
    Path folder = root.resolve(family);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  /** A JSON file of a case. */
  static JsonObject json(Path caseFolder, String name) throws IOException {
    try (Reader reader = Files.newBufferedReader(caseFolder.resolve(name))) {
      return JsonParser.parseReader(reader).getAsJsonObject();
    }
  }
}
