package org.recallrank.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts another JVM of the JDK that runs the tests, with flags of the test's choice. */
public final class JvmRunner {
  private JvmRunner() {}

  /** The class path of the running tests: the house, its libraries and the test classes. */
  public static String ownClassPath() {
    return System.getProperty("java.class.path");
  }

  /**
   * Runs a main class to its end.
   *
   * @param classPath as {@code -cp} takes it
   * @param jvmFlags all flags, for none are inherited
   * @throws AssertionError if it takes longer than {@code limit}
   */
  public static ProcessRunner.Result run(
      String classPath,
      List<String> jvmFlags,
      String mainClass,
      List<String> arguments,
      Duration limit)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(javaProgram());
    command.addAll(jvmFlags);
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    command.addAll(arguments);
    return ProcessRunner.run(command, Path.of("").toAbsolutePath(), Map.of(), limit);
  }

  /** The java program of the running JDK. */
  public static String javaProgram() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString()
        + (File.separatorChar == '\\' ? ".exe" : "");
  }
}
