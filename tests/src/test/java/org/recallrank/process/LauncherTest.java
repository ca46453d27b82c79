package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code recallrank}, copied into a folder of its own where {@link Probe} is the jar.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  private static final Path SCRIPT = Path.of("..", "recallrank");

  @TempDir Path folder;
  private Path launcher;
  private Path jar;

  @BeforeEach
  void copyTheLauncher() throws IOException {
    Path home = Files.createDirectories(folder.resolve("its home"));
    launcher = Files.copy(SCRIPT, home.resolve("recallrank"));
    Path target = Files.createDirectories(home.resolve("cli").resolve("target"));
    jar = target.resolve("recallrank-cli-0.1.0.jar");
    writeJar(jar);
    Files.createFile(target.resolve("launcher-built"));
  }

  @Test
  void passesArgumentsAndKeepsTheFolder() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("else where")).toRealPath();
    ProcessRunner.Result result = run(elsewhere, launcher, Map.of(), "a b", "$HOME", "*");
    assertThat(result.exitCode()).isZero();
    assertThat(result.stdout())
        .contains("arguments=[a b, $HOME, *]", "folder=" + elsewhere, "incubator=true");
    assertThat(result.stderr()).as("no notice about the incubator module").isEmpty();
  }

  @Test
  void worksThroughSymbolicLinks() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path link =
        Files.createSymbolicLink(bin.resolve("rr"), Path.of("..", "its home", "recallrank"));
    Path linkToLink = Files.createSymbolicLink(folder.resolve("rr"), link);
    assertThat(run(folder, linkToLink, Map.of(), "x").stdout()).contains("arguments=[x]");
  }

  @Test
  void keepsExitCodeAndStandardError() throws Exception {
    ProcessRunner.Result result = run(folder, launcher, Map.of(), "fail");
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.stderr()).isEqualTo("first line\nno newline at the end");
  }

  @Test
  void passesJvmFlags() throws Exception {
    Map<String, String> flags = Map.of("RECALLRANK_JVM_OPTS", "-Xmx200m -Dprobe.flag=on");
    assertThat(run(folder, launcher, flags, "x").stdout()).contains("probe.flag=on");
  }

  /** An OpenCL driver may replace the JVM's signal handlers; before what the user preloads. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void keepsTheHandlersOfTheJvm() throws Exception {
    Path home = Path.of(JvmRunner.javaProgram()).getParent().getParent();
    String chaining = home.resolve("lib").resolve("libjsig.so").toString();
    assertThat(run(folder, launcher, Map.of("LD_PRELOAD", ""), "x").stdout().lines())
        .contains("preload=" + chaining);
    assertThat(run(folder, launcher, Map.of("LD_PRELOAD", chaining), "x").stdout().lines())
        .contains("preload=" + chaining + ":" + chaining);
  }

  @Test
  void refusesAJavaThatIsNone() throws Exception {
    String wrong = folder.resolve("no-java").toString();
    ProcessRunner.Result result = run(folder, launcher, Map.of("RECALLRANK_JAVA", wrong));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.stderr()).contains("RECALLRANK_JAVA=" + wrong, "JDK 25 or newer");
    assertThat(result.stdout()).isEmpty();
  }

  @Test
  void buildsFirstAndSaysWhenItCannot() throws Exception {
    Files.delete(jar);
    ProcessRunner.Result result = run(folder, launcher, Map.of("PATH", toolsWithoutMaven()));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.stderr()).contains("must be built (first use", "no mvn on the PATH");
  }

  private ProcessRunner.Result run(
      Path start, Path script, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Map<String, String> variables = new HashMap<>();
    variables.put("RECALLRANK_JAVA", JvmRunner.javaProgram());
    // What the machine may have set must not decide the test.
    variables.put("RECALLRANK_JVM_OPTS", "");
    variables.put("JAVA_OPTS", "");
    variables.putAll(environment);
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    return ProcessRunner.run(command, start, variables, Duration.ofSeconds(60));
  }

  /** A folder with the tools that the script uses, and nothing else. */
  private String toolsWithoutMaven() throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("dirname", "readlink", "sed", "find", "head")) {
      Path program = Path.of("/usr/bin", tool);
      String path = Files.exists(program) ? program.toString() : "/bin/" + tool;
      Path wrapper =
          Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec " + path + " \"$@\"\n");
      assertThat(wrapper.toFile().setExecutable(true)).isTrue();
    }
    return tools.toString();
  }

  private static void writeJar(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Probe.class.getName());
    String entry = Probe.class.getName().replace('.', '/') + ".class";
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        InputStream classFile = Probe.class.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      classFile.transferTo(out);
      out.closeEntry();
    }
  }
}
