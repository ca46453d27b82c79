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

  /** By jdk.management the backend sees whether the JVM compiles vectors well. */
  private static final String VECTORS = "jdk.incubator.vector,jdk.management";

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
    scores(command, kernels);
  }

  private void scores(List<String> command, String kernels) throws Exception {
    ProcessRunner.Result result = ProcessRunner.run(command, folder, Map.of(), LIMIT);
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    String[] said = result.stdout().strip().split(" ");
    assertThat(said[0]).isEqualTo(kernels);
    assertThat(said[1]).as("kernels of the ranker").isEqualTo(kernels);
    assertThat(Double.parseDouble(said[2])).isBetween(0.3, 0.9);
  }

  @Test
  void oneRequiresIsEnough() throws Exception {
    trainsAndScores(JvmRunner.javaProgram(), "scalar", "-p", modulePath);
  }

  /** A runtime with the application in it: its java program. */
  private String runtime(String modules, String... more) {
    Path runtime = folder.resolve("runtime");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-p",
                modulePath,
                "--add-modules",
                modules,
                "--ignore-signing-information", // Eclipse Collections' jars are signed
                "--output",
                runtime.toString()));
    arguments.addAll(List.of(more));
    tool("jlink", arguments.toArray(String[]::new));
    return runtime.resolve("bin/java").toString();
  }

  @Test
  void aRuntimeOfItsOwnRunsIt() throws Exception {
    trainsAndScores(runtime(MODULE), "scalar");
  }

  /** The runtime's own options make the Vector API there without a flag of whoever starts it. */
  @Test
  void aRuntimeBringsSimdWithoutAFlag() throws Exception {
    String java = runtime(MODULE + "," + VECTORS, "--add-options=--add-modules=" + VECTORS);
    trainsAndScores(java, "simd");
  }

  /** The same with jars on the class path, of which the runtime knows nothing. */
  @Test
  void aRuntimeBringsSimdToTheClassPath() throws Exception {
    String java =
        runtime("java.base,jdk.unsupported," + VECTORS, "--add-options=--add-modules=" + VECTORS);
    scores(List.of(java, "-cp", modulePath, "org.example.Main", folder.toString()), "simd");
  }
}
