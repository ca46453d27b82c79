package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wrong input ends with exit code 2, a message that says what is wrong, and nothing half-written.
 */
class BadInputTest {
  private static final String GOOD =
      "label,user_id,item_id,price\n1,a,x,1.5\n0,b,y,2\n1,c,z,0.5\n0,a,y,1\n1,b,x,3\n0,c,x,1\n"
          + "1,d,w,2\n0,e,w,1\n";

  @TempDir private Path folder;
  private Path good;

  @BeforeEach
  void writeData() throws IOException {
    good = Files.writeString(folder.resolve("good.csv"), GOOD);
  }

  private String[] train(Path data) {
    return new String[] {
      "train",
      "--train=" + data,
      "--valid=" + good,
      "--user=user_id",
      "--item=item_id",
      "--numeric=price",
      "--cache=" + folder.resolve("cache"),
      "--model=deepfm",
      "--set=hidden_units=4",
      "--epochs=1",
      "--quiet",
      "--out=" + folder.resolve("run")
    };
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("bad.csv"), text);
  }

  private void fails(String[] arguments, String... expected) throws IOException {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(expected).doesNotContain("\tat ");
    assertThat(folder.resolve("run")).doesNotExist();
    if (Files.exists(folder.resolve("cache"))) {
      try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
        assertThat(left.filter(p -> p.getFileName().toString().endsWith(".tmp"))).isEmpty();
      }
    }
  }

  /** The arguments with more behind, in place of those for the same option. */
  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    for (String argument : more) {
      String option = argument.split("=", 2)[0];
      all.removeIf(other -> !option.equals("--set") && other.startsWith(option + "="));
    }
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void files() throws IOException {
    fails(train(folder.resolve("missing.csv")), "missing.csv", "no such file");
    fails(train(csv("")), "bad.csv", "empty");
    fails(train(csv("label,user_id,price\n1,a,2\n")), "item_id", "label, user_id, price");
    fails(train(csv("label,user_id,item_id,price\n1,a,x\n")), "bad.csv", "2", "4", "3");
    fails(train(csv("label,user_id,item_id,price\n1,a,x,1,9\n")), "bad.csv", "2", "4", "5");
    fails(train(csv("label,user_id,item_id,price\n2,a,x,1\n")), "bad.csv", "2", "label", "0 or 1");
    fails(
        train(csv("label,user_id,item_id,price\n1,a,x,cheap\n")), "bad.csv", "2", "price", "cheap");
  }

  @Test
  void names() throws IOException {
    fails(with(train(good), "--model=deepfn"), "deepfn", "did you mean \"deepfm\"", "dcnv2");
    fails(with(train(good), "--enrich=raar"), "raar", "did you mean \"rar\"");
    fails(with(train(good), "--set=batch_sise=4"), "batch_sise", "did you mean \"batch_size\"");
    fails(with(train(good), "--set=batch_size=many"), "batch_size", "many");
    fails(with(train(good), "--format=cvs"), "cvs", "did you mean \"csv\"");
    fails(with(train(good), "--kernels=cuda"), "cuda", "scalar");
    fails(new String[] {"trian"}, "trian");
    fails(new String[] {"train", "--model=deepfm"}, "--out");
  }

  @Test
  void selectionLargerThanThePool() throws IOException {
    fails(
        with(
            train(good),
            "--enrich=rar",
            "--set=pool_items=3",
            "--set=pool_users=3",
            "--set=rar_look_alikes=2",
            "--set=rar_recall_items=9"),
        "rar_recall_items",
        "3",
        "9");
    fails(
        with(train(good), "--enrich=rar", "--set=pool_items=100", "--set=pool_users=2"),
        "pool_items",
        "100");
  }

  @Test
  void aFolderThatHoldsARun() throws IOException {
    assertThat(CommandLineRun.of(train(good)).exitCode()).isZero();
    Path model = folder.resolve("run/model.safetensors");
    byte[] before = Files.readAllBytes(model);
    CommandLineRun second = CommandLineRun.of(train(good));
    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.err()).contains("holds a run already").contains("--force");
    assertThat(Files.readAllBytes(model)).isEqualTo(before);
    assertThat(CommandLineRun.of(with(train(good), "--force")).exitCode()).isZero();
  }

  /** Numbers so large that the first loss is not finite. */
  private Path diverging() throws IOException {
    return csv(GOOD.replace("1.5", "3e38"));
  }

  @Test
  void aTrainingThatEndsBeforeItsFirstEvaluationLeavesNothing() throws IOException {
    String[] arguments = with(train(diverging()), "--out=" + folder.resolve("a/b"));
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(folder.resolve("a")).doesNotExist();

    Path own = Files.createDirectories(folder.resolve("own"));
    Files.writeString(own.resolve("vocabulary"), "in the way of the folder");
    run = CommandLineRun.of(with(train(good), "--out=" + own));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains("vocabulary");
    try (Stream<Path> left = Files.list(own)) {
      assertThat(left).containsExactly(own.resolve("vocabulary"));
    }
  }

  @Test
  void aRunIsReplacedByAModelOnly() throws IOException {
    assertThat(CommandLineRun.of(train(good)).exitCode()).isZero();
    Path model = folder.resolve("run/model.safetensors");
    byte[] before = Files.readAllBytes(model);
    assertThat(CommandLineRun.of(with(train(diverging()), "--force")).exitCode()).isEqualTo(1);
    assertThat(Files.readAllBytes(model)).isEqualTo(before);
    assertThat(
            CommandLineRun.of("evaluate", "--run=" + folder.resolve("run"), "--data=" + good)
                .exitCode())
        .isZero();
  }

  @Test
  void aModelFileCutOffAnywhere() throws IOException {
    assertThat(CommandLineRun.of(train(good)).exitCode()).isZero();
    Path run = folder.resolve("run");
    Path model = run.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(model);
    for (int length : new int[] {0, 4, 100, whole.length / 2, whole.length - 1}) {
      Files.write(model, Arrays.copyOf(whole, length));
      CommandLineRun evaluated = CommandLineRun.of("evaluate", "--run=" + run, "--data=" + good);
      assertThat(evaluated.exitCode()).as("cut at %d: %s", length, evaluated.err()).isEqualTo(2);
      assertThat(evaluated.err()).contains("model.safetensors").doesNotContain("\tat ");
    }
  }

  @Test
  void badRowsMayBeSkipped() throws IOException {
    Path two = csv(GOOD + "7,a,x,1\n1,a,x,cheap\n");
    fails(with(train(two), "--bad-rows=skip:1"), "bad.csv");
    CommandLineRun run = CommandLineRun.of(with(train(two), "--bad-rows=skip:2"));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void aSecondClickClassIsNeeded() throws IOException {
    Path ones = csv("label,user_id,item_id,price\n1,a,x,1\n1,b,y,2\n");
    String[] arguments = train(good);
    arguments[2] = "--valid=" + ones;
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains("validation rows");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
