package org.recallrank.autograd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.GradientCheck;

/** An op {@code X} without an {@code XTest} that runs a {@link GradientCheck} on it fails here. */
class EveryOpIsCheckedTest {
  private static final Set<String> NO_OPS =
      Set.of("ShapeChecks", "CimContextPass", "CimLists", "package-info");

  @Test
  void everyOpHasAGradientCheck() throws Exception {
    List<String> ops = classNames(folderOf("Linear.class"));
    assertThat(ops).as("ops").contains("Add", "fused/CoInteraction", "cim/CimScores", "Tanh");
    Path tests = folderOf("EveryOpIsCheckedTest.class");
    assertThat(ops)
        .allSatisfy(
            op -> {
              Path test = tests.resolve(op + "Test.class");
              assertThat(test).as("the test of op %s", op).exists();
              assertThat(constants(test))
                  .as("what the test of op %s uses", op)
                  .contains("org/recallrank/autograd/GradientCheck")
                  .contains("org/recallrank/autograd/ops/" + op);
            });
  }

  private static Path folderOf(String classFile) throws Exception {
    URI uri = EveryOpIsCheckedTest.class.getResource(classFile).toURI();
    return Path.of(uri).getParent();
  }

  /** Without the ending, from the folder on. */
  private static List<String> classNames(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(f -> folder.relativize(f).toString().replace('\\', '/'))
          .filter(f -> f.endsWith(".class") && !f.contains("$"))
          .map(f -> f.substring(0, f.length() - ".class".length()))
          .filter(name -> !NO_OPS.contains(name.substring(name.lastIndexOf('/') + 1)))
          .sorted()
          .toList();
    }
  }

  /**
   * The class file as text: the names of the classes that it refers to stand there in the clear.
   */
  private static String constants(Path classFile) throws IOException {
    return Files.readString(classFile, StandardCharsets.ISO_8859_1);
  }
}
