package org.recallrank.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * All that a module exports is described: what is public or protected has a Javadoc comment that
 * begins with words, not with a tag.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavadocTest {
  private static final String MAIN = "src/main/java";
  private static final String DOCLINT = "compiler.warn.proc.messager";
  private static final Pattern EXPORTS = Pattern.compile("exports ([\\w.]+);");

  /** Read along with the rooms, so that a run that sees nothing does not pass for one without. */
  private static final JavaFileObject OFFENDER =
      offender(
          """
          package org.recallrank.tensor;
          /** Described. */
          public class Offender {
            /** @param x only this */
            public Offender(int x) {}
            protected void undescribed() {}
            void internal() {}
          }
          """);

  private final Set<String> exported = new HashSet<>();
  private final List<String> undescribed = new ArrayList<>();

  private static JavaFileObject offender(String source) {
    return new SimpleJavaFileObject(
        URI.create("string:///org/recallrank/tensor/Offender.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  @BeforeAll
  void readExportedPackages() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path room : rooms()) {
      String module = Files.readString(room.resolve(MAIN).resolve("module-info.java"));
      for (MatchResult export : EXPORTS.matcher(module).results().toList()) {
        exported.add(export.group(1));
        Path folder = room.resolve(MAIN).resolve(export.group(1).replace('.', '/'));
        try (Stream<Path> files = Files.list(folder)) {
          files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    assertThat(sources).hasSizeGreaterThan(exported.size());
    lint(sources);
  }

  private static List<Path> rooms() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(".."))) {
      return all.filter(r -> Files.exists(r.resolve(MAIN).resolve("module-info.java"))).toList();
    }
  }

  private void lint(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-Xdoclint:missing/protected",
            "-Xmaxwarns",
            "10000",
            "-proc:none",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"));
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      List<JavaFileObject> units = new ArrayList<>(List.of(OFFENDER));
      files.getJavaFileObjectsFromPaths(sources).forEach(units::add);
      ((JavacTask) compiler.getTask(null, files, found, options, null, units)).analyze();
    }
    for (Diagnostic<? extends JavaFileObject> d : found.getDiagnostics()) {
      String message = d.getMessage(null);
      assertThat(d.getKind()).as(message).isNotEqualTo(Diagnostic.Kind.ERROR);
      // In whatever language: what is missing is a tag, such as @param, or a description.
      if (d.getCode().equals(DOCLINT) && !message.contains("@")) {
        undescribed.add(d.getSource().getName() + ":" + d.getLineNumber());
      }
    }
  }

  @Test
  void modulesAreRead() {
    assertThat(exported)
        .contains("org.recallrank.kernels", "org.recallrank.model", "org.recallrank.training")
        .doesNotContain("org.recallrank.kernels.base", "org.recallrank.model.files")
        .hasSizeGreaterThan(20);
  }

  @Test
  void whatIsNotDescribedIsCaught() {
    assertThat(undescribed).filteredOn(d -> d.contains("Offender")).hasSize(2);
  }

  @Test
  void whatIsExportedIsDescribed() {
    assertThat(undescribed).filteredOn(d -> !d.contains("Offender")).isEmpty();
  }
}
