package org.recallrank.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

  /** Not even root can write there. */
  @Test
  void whereTheNativeLibraryCannotBeUnpackedThatIsTheReason() throws Exception {
    Path nowhere = Files.writeString(folder.resolve("file"), "").resolve("no folder");
    String flag = "-Djava.io.tmpdir=" + nowhere;
    ProcessRunner.Result info = run(JvmRunner.ownClassPath(), List.of(flag), "info");
    assertNamesTheFolderAndGoesOn(info, nowhere);
    ProcessRunner.Result asked =
        run(
            JvmRunner.ownClassPath(),
            List.of(flag),
            "train",
            "--format=world",
            "--rows=1500",
            "--cache=" + folder.resolve("cache"),
            "--model=dcnv2",
            "--kernels=opencl",
            "--out=" + folder.resolve("run"));
    assertThat(asked.exitCode()).isEqualTo(2);
    assertThat(asked.stderr()).contains(nowhere.toString(), "-Djava.io.tmpdir=FOLDER");
  }

  /** A mount of its own needs Linux and, mostly, root: as in continuous integration. */
  @Test
  void whereItMayNotRunThatIsTheReason() throws Exception {
    Path noexec = Files.createDirectory(folder.resolve("noexec"));
    List<String> mount =
        List.of("unshare", "-m", "sh", "-c", "mount -t tmpfs -o noexec none \"$0\" && exec \"$@\"");
    List<String> command = new ArrayList<>(mount);
    command.add(noexec.toString());
    assumeTrue(succeeds(command, "true"), "no right to mount a folder");
    command.addAll(
        List.of(
            JvmRunner.javaProgram(),
            "-Djava.io.tmpdir=" + noexec,
            "-cp",
            JvmRunner.ownClassPath(),
            "org.recallrank.cli.Main",
            "info"));
    ProcessRunner.Result info = ProcessRunner.run(command, folder, Map.of(), LIMIT);
    assertNamesTheFolderAndGoesOn(info, noexec);
    assertThat(info.stdout()).contains("failed to map segment");
  }

  private boolean succeeds(List<String> prefix, String program) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add(program);
    try {
      return ProcessRunner.run(command, folder, Map.of(), LIMIT).exitCode() == 0;
    } catch (IOException e) {
      return false; // no such program here
    }
  }

  private static void assertNamesTheFolderAndGoesOn(ProcessRunner.Result info, Path tmpdir) {
    assertThat(info.exitCode()).as(info.stderr()).isZero();
    assertThat(info.stdout())
        .containsPattern("scalar +ok")
        .containsPattern("opencl +no +JOCL's native library does not load")
        .contains("java.io.tmpdir (" + tmpdir + ")", "-Djava.io.tmpdir=FOLDER")
        .doesNotContain("CL.java");
  }
}
