package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM without JOCL, or where its native library cannot be unpacked, says so and goes on. */
class WithoutOpenClTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private static String withoutJocl() {
    String all = JvmRunner.ownClassPath();
    assertThat(all).as("the command line brings JOCL").contains("jocl-");
    return Arrays.stream(all.split(File.pathSeparator))
        .filter(entry -> !entry.contains("jocl-"))
        .map(WithoutOpenClTest::classesOfJar)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The manifest of the command line's jar would bring JOCL back. */
  private static String classesOfJar(String entry) {
    Path path = Path.of(entry);
    return path.getFileName().toString().startsWith("recallrank-cli-")
        ? path.resolveSibling("classes").toString()
        : entry;
  }

  private static ProcessRunner.Result run(String classPath, List<String> flags, String... arguments)
      throws Exception {
    return JvmRunner.run(classPath, flags, "org.recallrank.cli.Main", List.of(arguments), LIMIT);
  }

  @Test
  void withoutTheJarTheRestWorksAndTheDependencyIsNamed() throws Exception {
    ProcessRunner.Result info = run(withoutJocl(), List.of(), "info");
    assertThat(info.exitCode()).as(info.stderr()).isZero();
    assertThat(info.stdout()).containsPattern("scalar +ok").containsPattern("opencl +no");
    ProcessRunner.Result asked =
        run(
            withoutJocl(),
            List.of(),
            "train",
            "--format=world",
            "--rows=1500",
            "--cache=" + folder.resolve("cache"),
            "--model=dcnv2",
            "--kernels=opencl",
            "--out=" + folder.resolve("run"));
    assertThat(asked.exitCode()).isEqualTo(2);
    assertThat(asked.stderr()).contains("add the dependency org.jocl:jocl:2.0.6");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void whereTheNativeLibraryCannotBeUnpackedThatIsTheReason() throws Exception {
    Path nowhere = Files.writeString(folder.resolve("file"), "").resolve("no folder");
    ProcessRunner.Result info =
        run(JvmRunner.ownClassPath(), List.of("-Djava.io.tmpdir=" + nowhere), "info");
    assertThat(info.exitCode()).as(info.stderr()).isZero();
    assertThat(info.stdout())
        .containsPattern("opencl +no +JOCL's native library does not load")
        .contains(nowhere.toString());
  }
}
