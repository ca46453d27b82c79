package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application with modules and one {@code requires} trains and scores, on the module path and in
 * a runtime of its own. Its sources are in {@code modular-application} among the resources.
 */
class ModularApplicationTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String MODULE = "org.example.application";

  /** Libraries that are modules; those that are none yet the application does without. */
  private static final String LIBRARIES = "(gson|fastcsv|eclipse-collections(-api)?)-[0-9].*\\.jar";

  @TempDir private Path folder;
  private String modulePath;

  @BeforeEach
  void compile() throws Exception {
    Path sources = Path.of(getClass().getResource("/modular-application").toURI());
    Path classes = folder.resolve("classes");
    modulePath = modules();
    tool(
        "javac",
        "-p",
        modulePath,
        "-d",
        classes.toString(),
        sources.resolve("module-info.java").toString(),
        sources.resolve("org/example/Main.java").toString());
    modulePath = classes + File.pathSeparator + modulePath;
  }

  /** The rooms and libraries that the application needs, out of this test's class path. */
  private static String modules() {
    return Arrays.stream(JvmRunner.ownClassPath().split(File.pathSeparator))
        .map(Path::of)
        .filter(ModularApplicationTest::isNeeded)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isNeeded(Path entry) {
    String name = entry.getFileName().toString();
    return name.matches(LIBRARIES)
        || name.matches("recallrank-(kernels|tensor|autograd|rar-model|training)-.*\\.jar")
        || Files.exists(entry.resolve("module-info.class")); // while there are no jars yet
  }

  private static void tool(String name, String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter to = new PrintWriter(said);
    int code = ToolProvider.findFirst(name).orElseThrow().run(to, to, arguments);
    assertThat(code).as("%s: %s", name, said).isZero();
  }

  private void trainsAndScores(String java, String kernels, String... flags) throws Exception {
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(List.of(flags));
    command.addAll(List.of("-m", MODULE + "/org.example.Main", folder.toString()));
    ProcessRunner.Result result = ProcessRunner.run(command, folder, Map.of(), LIMIT);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    String[] said = result.stdout().strip().split(" ");
    assertThat(said[0]).isEqualTo(kernels);
    assertThat(Double.parseDouble(said[1])).isBetween(0.3, 0.9);
  }

  @Test
  void oneRequiresIsEnough() throws Exception {
    trainsAndScores(JvmRunner.javaProgram(), "scalar", "-p", modulePath);
  }

  @Test
  void aRuntimeOfItsOwnRunsIt() throws Exception {
    Path runtime = folder.resolve("runtime");
    tool(
        "jlink",
        "-p",
        modulePath,
        "--add-modules",
        MODULE,
        "--ignore-signing-information", // Eclipse Collections' jars are signed
        "--output",
        runtime.toString());
    trainsAndScores(runtime.resolve("bin/java").toString(), "scalar");
  }
}
