package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recallrank.cli.CommandLineRun;
import org.recallrank.model.serve.Features;
import org.recallrank.model.serve.Ranker;

/**
 * What a request may say, on data with fields of every type and role: known and unknown users and
 * items, by id and by name, have the bits that {@code recallrank predict} writes.
 */
class RankerRequestTest {
  private static final String HEADER = "click,user,age,likes,item,price,tags,brand,hour,wait";
  private static final int USERS = 30;
  private static final int ITEMS = 40;

  /** A base model with each enricher. */
  enum Run {
    RAW("dcnv2", "none"),
    RAR("deepfm", "rar", "--set=pool_items=30", "--set=pool_users=20"),
    CIM("widedeep", "cim", "--set=pool_items=30", "--set=pool_users=20"),
    FRNET("ipnn", "frnet");

    private final String model;
    private final String enrich;
    private final String[] pools;

    Run(String model, String enrich, String... pools) {
      this.model = model;
      this.enrich = enrich;
      this.pools = pools;
    }

    private Path folder() {
      return folder.resolve(name());
    }
  }

  @TempDir private static Path folder;

  private static final Map<String, String> USER_FIELDS = new LinkedHashMap<>();
  private static final Map<String, String> ITEM_FIELDS = new LinkedHashMap<>();

  @BeforeAll
  static void train() throws IOException {
    Random random = new Random(5);
    for (int u = 0; u < USERS; u++) {
      USER_FIELDS.put("u" + u, u % 7 + 0.5 + ",l" + u % 3 + "^l" + u % 5);
    }
    for (int i = 0; i < ITEMS; i++) {
      ITEM_FIELDS.put("i" + i, i % 11 * 0.25 + ",t" + i % 4 + "^t" + i % 6 + ",b" + i % 3);
    }
    List<String> rows = new ArrayList<>(List.of(HEADER));
    for (int r = 0; r < 1500; r++) {
      String u = "u" + random.nextInt(USERS);
      String i = "i" + random.nextInt(ITEMS);
      int click = (u.hashCode() + i.hashCode()) % 3 == 0 ? 1 : 0;
      rows.add(
          String.join(
              ",",
              "" + click,
              u,
              USER_FIELDS.get(u),
              i,
              ITEM_FIELDS.get(i),
              "h" + r % 5,
              "" + r % 9));
    }
    Files.write(folder.resolve("data.csv"), rows);
    for (Run run : Run.values()) {
      String[] options = {
        "train",
        "--data=" + folder.resolve("data.csv"),
        "--split=8:1:1",
        "--label=click",
        "--user=user",
        "--item=item",
        "--user-fields=age,likes",
        "--item-fields=price,tags,brand",
        "--numeric=age,price,wait",
        "--sequence=likes:3,tags:3",
        "--model=" + run.model,
        "--enrich=" + run.enrich,
        "--set=epochs=2",
        "--set=embedding_std=0.1",
        "--cache=" + folder.resolve("cache"),
        "--out=" + run.folder()
      };
      CommandLineRun trained = CommandLineRun.of(options, run.pools);
      assertThat(trained.exitCode()).as(trained.err()).isZero();
    }
  }

  private static Ranker load(Run run) {
    return Ranker.load(run.folder());
  }

  /** What predict writes for rows of user, age, .. wait. */
  private static float[] predicted(Run run, List<String> rows) throws IOException {
    Path data = folder.resolve("rows.csv");
    Path out = folder.resolve("scores.csv");
    List<String> lines = new ArrayList<>(List.of(HEADER.substring("click,".length())));
    lines.addAll(rows);
    Files.write(data, lines);
    CommandLineRun predict =
        CommandLineRun.of("predict", "--run=" + run.folder(), "--data=" + data, "--out=" + out);
    assertThat(predict.exitCode()).as(predict.err()).isZero();
    List<String> written = Files.readAllLines(out);
    float[] p = new float[rows.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = Float.parseFloat(written.get(i + 1).split(",")[1]);
    }
    return p;
  }

  private static final Map<String, String> CONTEXT = Map.of("hour", "h2", "wait", "3");

  private static String row(String user, String userFields, String item, String itemFields) {
    return String.join(",", user, userFields, item, itemFields, "h2", "3");
  }

  @ParameterizedTest
  @EnumSource
  void knownUsersAndItemsHaveTheirFieldsFromTraining(Run run) throws IOException {
    List<String> items = IntStream.range(0, ITEMS).mapToObj(i -> "i" + i).toList();
    List<String> rows =
        items.stream().map(i -> row("u3", USER_FIELDS.get("u3"), i, ITEM_FIELDS.get(i))).toList();
    float[] expected = predicted(run, rows);
    try (Ranker ranker = load(run)) {
      assertThat(ranker.score("u3", items, CONTEXT)).isEqualTo(expected);
      Ranker.Session session = ranker.session();
      float[] out = new float[ITEMS + 1];
      int[] itemRows = items.stream().mapToInt(ranker::itemRow).toArray();
      session.score(ranker.userRow("u3"), itemRows, ITEMS, ranker.contextIds(CONTEXT), out);
      assertThat(Arrays.copyOf(out, ITEMS)).isEqualTo(expected);
      assertThat(out[ITEMS]).as("not asked for").isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsGivenByNameCounts(Run run) throws IOException {
    List<String> rows =
        List.of(
            row("u3", "17.5,l9^l1", "i4", ITEM_FIELDS.get("i4")),
            row("u3", "17.5,l9^l1", "new", "2.5,t1^none^t2^t3,b1"),
            row("u3", "17.5,l9^l1", "", ",,"));
    try (Ranker ranker = load(run)) {
      Features user = Features.of("u3").with("age", "17.5").with("likes", "l9^l1");
      List<Features> items =
          List.of(
              Features.of("i4"),
              Features.of("new")
                  .with("price", "2.5")
                  .with("tags", "t1^none^t2^t3")
                  .with("brand", "b1"),
              Features.of(Map.of("item", "", "price", "", "tags", "", "brand", "")));
      assertThat(ranker.score(user, items, CONTEXT)).isEqualTo(predicted(run, rows));
    }
  }

  /** Of an unknown id alone nothing is known: tokens out of vocabulary, numbers 0. */
  @ParameterizedTest
  @EnumSource
  void unknownUsersItemsAndTokensGetWhatPredictGivesThem(Run run) throws IOException {
    List<String> rows =
        List.of(
            row("nobody", "0,?", "i4", ITEM_FIELDS.get("i4")),
            row("nobody", "0,?", "nothing", "0,?,?"),
            "nobody,0,?,i4," + ITEM_FIELDS.get("i4") + ",?,");
    float[] expected = predicted(run, rows);
    try (Ranker ranker = load(run)) {
      assertThat(ranker.score("nobody", List.of("i4", "nothing"), CONTEXT))
          .containsExactly(expected[0], expected[1]);
      assertThat(ranker.score("nobody", List.of("i4"), Map.of("hour", "?", "wait", "")))
          .containsExactly(expected[2]);
    }
  }

  @Test
  void ranksByProbability() {
    try (Ranker ranker = load(Run.RAR)) {
      List<String> items = List.of("i7", "i9", "i7", "new", "other");
      float[] p = ranker.score("u1", items, CONTEXT);
      List<Ranker.Ranked> top = ranker.rank("u1", items, CONTEXT, 10);
      assertThat(top).hasSize(5);
      for (int i = 0; i < top.size(); i++) {
        Ranker.Ranked ranked = top.get(i);
        assertThat(ranked.item()).isEqualTo(items.get(ranked.index()));
        assertThat(ranked.probability()).isEqualTo(p[ranked.index()]);
        if (i > 0) {
          Ranker.Ranked above = top.get(i - 1);
          assertThat(above.probability()).isGreaterThanOrEqualTo(ranked.probability());
          if (above.probability() == ranked.probability()) {
            assertThat(above.index()).as("of equals the first").isLessThan(ranked.index());
          }
        }
      }
      assertThat(ranker.rank("u1", items, CONTEXT, 2)).isEqualTo(top.subList(0, 2));
      assertThat(ranker.rank("u1", List.of(), CONTEXT, 2)).isEmpty();
    }
  }

  @Test
  void errorsNameTheField() {
    try (Ranker ranker = load(Run.RAW)) {
      List<String> items = List.of("i1");
      assertThatThrownBy(() -> ranker.score("u1", items, Map.of("hour", "h1")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("context", "[hour, wait]", "found none of wait");
      assertThatThrownBy(() -> ranker.score("u1", items, Map.of("huor", "h1", "wait", "1")))
          .hasMessageContainingAll("no context field huor", "did you mean \"hour\"");
      assertThatThrownBy(() -> ranker.score("u1", items, Map.of("hour", "h1", "wait", "soon")))
          .hasMessageContainingAll("field wait", "expected a finite number", "'soon'");
      assertThatThrownBy(
              () ->
                  ranker.score(
                      Features.of("u1").with("price", "1"), List.of(Features.of("i1")), CONTEXT))
          .hasMessageContainingAll("no user field price", "[user, age, likes]");
      assertThatThrownBy(
              () ->
                  ranker.score(
                      Features.of("u1").with("user", "u2"), List.of(Features.of("i1")), CONTEXT))
          .hasMessageContainingAll("expected one id", "'u1'", "'u2'");
    }
  }

  @Test
  void sessionsRefuseRowsThatAreNone() {
    try (Ranker ranker = load(Run.RAW)) {
      Ranker.Session session = ranker.session();
      int[] context = ranker.contextIds(CONTEXT);
      float[] out = new float[2];
      int[] items = {1, 2};
      assertThatThrownBy(() -> session.score(USERS + 2, items, 2, context, out))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("user row: expected 0 to 31, found 32");
      assertThatThrownBy(() -> session.score(1, new int[] {1, -1}, 2, context, out))
          .hasMessage("item row: expected 0 to 41, found -1");
      assertThatThrownBy(() -> session.score(1, items, 3, context, out))
          .hasMessageContaining("expected 3 items");
      assertThatThrownBy(() -> session.score(1, items, 2, new int[1], out))
          .hasMessageContaining("2 context ids");
      assertThatThrownBy(() -> session.score(1, items, 2, new int[] {99, 0}, out))
          .hasMessage("field hour: expected a table row from 0 to 6, found 99");
      session.score(1, items, 2, context, out);
      assertThat(out).as("still works").doesNotContain(0);
    }
  }

  @Test
  void aClosedRankerSaysSo() {
    Ranker ranker = load(Run.RAW);
    Ranker.Session session = ranker.session();
    ranker.close();
    assertThatThrownBy(() -> ranker.score("u1", List.of("i1"), CONTEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> session.score(1, new int[] {1}, 1, new int[2], new float[1]))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(ranker::session).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void saysWhatItIs() {
    try (Ranker ranker = Ranker.builder(Run.RAR.folder()).kernels("scalar").build()) {
      assertThat(ranker.kernels()).isEqualTo("scalar");
      assertThat(ranker.fields()).hasSize(9);
      assertThat(ranker.describe())
          .contains("deepfm + rar", "scalar kernels", "[user, age, likes]", "[hour, wait]");
    }
    assertThatThrownBy(() -> Ranker.builder(Run.RAR.folder()).kernels("opencl").build())
        .hasMessageContaining("opencl");
    assertThatThrownBy(() -> Ranker.builder(Run.RAR.folder()).kernels("nothing").build())
        .hasMessageContaining("is unknown");
    assertThatThrownBy(() -> Ranker.load(folder.resolve("none")))
        .hasMessageContaining("expected a run folder");
  }
}
