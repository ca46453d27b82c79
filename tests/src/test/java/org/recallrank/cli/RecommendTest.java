package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.serve.Features;
import org.recallrank.model.serve.Ranker;

/** {@code recommend}: lists of items for the users of a file. */
class RecommendTest {
  private static final int ITEMS = 40;
  private static final double ROUNDING = 2e-6;

  /** An item whose id needs quotes in CSV, and a user. */
  private static final String QUOTED = "a \"nice\", long one";

  @TempDir private static Path folder;
  private static Path rar;
  private static Path raw;

  /** A line of the output. */
  private record Line(String user, int rank, String item, float probability) {}

  @BeforeAll
  static void train() throws IOException {
    Random random = new Random(3);
    for (String name : List.of("train.csv", "valid.csv")) {
      StringBuilder csv = new StringBuilder("label,user_id,item_id,age,price,hour,device\n");
      for (int i = 0; i < 1200; i++) {
        int user = random.nextInt(30);
        int item = random.nextInt(ITEMS);
        double p = (item % 2 == 0 ? 0.7 : 0.1) + (user % 2 == 0 ? 0.2 : 0);
        csv.append(random.nextDouble() < p ? 1 : 0)
            .append(user == 7 ? ",\"u,7\"" : ",u" + user)
            .append(item == 3 ? ",\"a \"\"nice\"\", long one\"" : ",i" + item)
            .append(",a" + user % 4 + "," + item / 2.0 + "," + random.nextInt(24))
            .append(random.nextBoolean() ? ",phone\n" : ",desk\n");
      }
      Files.writeString(folder.resolve(name), csv);
    }
    rar =
        train(
            "rar",
            "--set=rar_look_alikes=4",
            "--set=rar_recall_items=6",
            "--set=pool_items=12",
            "--set=pool_users=10",
            "--set=dssm_epochs=1");
    raw = train("none");
  }

  private static Path train(String enrich, String... more) {
    Path run = folder.resolve("run-" + enrich);
    String[] command = {
      "train",
      "--train=" + folder.resolve("train.csv"),
      "--valid=" + folder.resolve("valid.csv"),
      "--user=user_id",
      "--item=item_id",
      "--user-fields=age",
      "--item-fields=price",
      "--numeric=price",
      "--cache=" + folder.resolve("cache"),
      "--model=dcnv2",
      "--enrich=" + enrich,
      "--set=embedding_std=0.1",
      "--set=learning_rate=0.01",
      "--set=parallel_dnn_hidden_units=8",
      "--epochs=1",
      "--quiet",
      "--out=" + run
    };
    CommandLineRun trained = CommandLineRun.of(command, more);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    return run;
  }

  private static Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Path users(String text) throws IOException {
    return file("users.csv", text);
  }

  private static CommandLineRun recommend(Path run, Path users, Path out, String... more) {
    return CommandLineRun.of(
        new String[] {"recommend", "--run=" + run, "--users=" + users, "--out=" + out}, more);
  }

  private static List<Line> lines(Path run, Path users, String... more) throws IOException {
    Path out = folder.resolve("lists.csv");
    CommandLineRun done = recommend(run, users, out, more);
    assertThat(done.exitCode()).as(done.err()).isZero();
    List<String> text = Files.readAllLines(out);
    assertThat(text.getFirst()).isEqualTo("user,rank,item,probability");
    List<Line> lines = new ArrayList<>();
    for (String line : text.subList(1, text.size())) {
      List<String> cells = cells(line);
      assertThat(cells).hasSize(4);
      lines.add(
          new Line(
              cells.get(0),
              Integer.parseInt(cells.get(1)),
              cells.get(2),
              Float.parseFloat(cells.get(3))));
    }
    return lines;
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")) {
      cells.add(
          cell.startsWith("\"")
              ? cell.substring(1, cell.length() - 1).replace("\"\"", "\"")
              : cell);
    }
    return cells;
  }

  private static List<String> allItems(Ranker ranker) {
    List<String> items = new ArrayList<>();
    for (int row = 1; row <= ranker.itemCount(); row++) {
      items.add(ranker.itemId(row));
    }
    assertThat(items).hasSize(ITEMS).contains(QUOTED);
    return items;
  }

  /** The list that scoring each item alone, and sorting, gives. */
  private static List<Line> expected(
      Ranker ranker, Features user, List<String> items, Map<String, String> context, int top) {
    List<Line> all = new ArrayList<>();
    for (String item : items) {
      float p = ranker.score(user, List.of(Features.of(item)), context)[0];
      all.add(new Line(user.id(), 0, item, p));
    }
    all.sort(Comparator.comparing(line -> -line.probability())); // stable
    List<Line> list = new ArrayList<>();
    for (Line line : all.subList(0, Math.min(top, all.size()))) {
      list.add(new Line(line.user(), list.size() + 1, line.item(), line.probability()));
    }
    return list;
  }

  private static List<String> pool(Ranker ranker, String user) {
    List<String> items = new ArrayList<>();
    for (int row : ranker.recallItems(ranker.userRow(user))) {
      items.add(ranker.itemId(row));
    }
    return items;
  }

  @Test
  void rowsGiveListsInTheirOrderWithTheBitsOfTheRanker() throws IOException {
    Path users =
        users(
            "ignored,hour,user_id,age\n1,3,u5,a1\n2,4,\"u,7\",a0\n3,17,u5,a2\n4,9,new,a3\n"
                + "5,,u1,\n");
    for (Path run : List.of(rar, raw)) {
      try (Ranker ranker = Ranker.load(run)) {
        List<Line> expected = new ArrayList<>();
        for (String[] row :
            new String[][] {
              {"u5", "3", "a1"},
              {"u,7", "4", "a0"},
              {"u5", "17", "a2"},
              {"new", "9", "a3"},
              {"u1", "", ""}
            }) {
          List<String> items = run == rar ? pool(ranker, row[0]) : allItems(ranker);
          assertThat(items).hasSize(run == rar ? 12 : ITEMS);
          expected.addAll(
              expected(
                  ranker,
                  Features.of(row[0]).with("age", row[2]),
                  items,
                  Map.of("hour", row[1], "device", "phone"),
                  5));
        }
        assertThat(lines(run, users, "--top=5", "--context=device=phone")).isEqualTo(expected);
      }
    }
  }

  @Test
  void theProbabilitiesAreThoseOfPredict() throws IOException {
    List<Line> lines =
        lines(raw, users("user_id\nu5\nu8\n"), "--top=99", "--context=hour=3,device=desk");
    assertThat(lines).hasSize(2 * ITEMS);
    StringBuilder rows = new StringBuilder("user_id,item_id,age,price,hour,device\n");
    for (Line line : lines) {
      int user = Integer.parseInt(line.user().substring(1));
      int item = line.item().equals(QUOTED) ? 3 : Integer.parseInt(line.item().substring(1));
      rows.append(line.user() + ",\"" + line.item().replace("\"", "\"\"") + "\"")
          .append(",a" + user % 4 + "," + item / 2.0 + ",3,desk\n");
    }
    Path out = folder.resolve("scores.csv");
    CommandLineRun predicted =
        CommandLineRun.of(
            "predict",
            "--run=" + raw,
            "--data=" + file("rows.csv", rows.toString()),
            "--out=" + out);
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    List<String> scores = Files.readAllLines(out);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(Double.parseDouble(scores.get(1 + i).split(",")[1]))
          .isCloseTo(lines.get(i).probability(), within(ROUNDING));
    }
  }

  @Test
  void isTheSameForEveryNumberOfThreads() throws IOException {
    StringBuilder text = new StringBuilder("user_id,hour,device\n");
    for (int i = 0; i < 150; i++) {
      text.append("u" + i % 35 + "," + i % 24 + ",phone\n");
    }
    Path users = users(text.toString());
    byte[] expected = null;
    for (String threads : List.of("1", "2", "5")) {
      Path out = folder.resolve("threads-" + threads);
      CommandLineRun done = recommend(rar, users, out, "--candidates=all", "--threads=" + threads);
      assertThat(done.exitCode()).as(done.err()).isZero();
      assertThat(done.out()).contains("3,000 items for 150 rows of users");
      expected = expected == null ? Files.readAllBytes(out) : expected;
      assertThat(Files.readAllBytes(out)).as(threads + " threads").isEqualTo(expected);
    }
  }

  @Test
  void candidatesOfAFile() throws IOException {
    Path users = users("user_id,hour,device\nu5,3,phone\n");
    Path ids = file("ids.txt", "i8\ni2\n\"a \"\"nice\"\", long one\"\ni2\nnew\n");
    Path csv = file("ids.csv", "price,x,item_id\n1.5,z,i8\n2,z,i2\n7,z,new\n");
    Map<String, String> context = Map.of("hour", "3", "device", "phone");
    try (Ranker ranker = Ranker.load(rar)) {
      assertThat(lines(rar, users, "--candidates=" + ids))
          .isEqualTo(
              expected(ranker, Features.of("u5"), List.of("i8", "i2", QUOTED, "new"), context, 20));
      Map<String, Float> expected = new LinkedHashMap<>();
      for (String[] item : new String[][] {{"i8", "1.5"}, {"i2", "2"}, {"new", "7"}}) {
        List<Features> one = List.of(Features.of(item[0]).with("price", item[1]));
        expected.put(item[0], ranker.score(Features.of("u5"), one, context)[0]);
      }
      Map<String, Float> found = new LinkedHashMap<>();
      lines(rar, users, "--candidates=" + csv).forEach(l -> found.put(l.item(), l.probability()));
      assertThat(found).isEqualTo(expected);
    }
  }

  /** Items that training has not seen differ in their ids only. */
  @Test
  void ofEqualOnesTheEarlierCandidateComesFirst() throws IOException {
    Path ids = file("ids.txt", "z\ny\nx\nw\nv\n");
    assertThat(
            lines(
                raw, users("user_id,hour,device\nu5,3,phone\n"), "--candidates=" + ids, "--top=3"))
        .extracting(Line::item)
        .containsExactly("z", "y", "x");
  }

  @Test
  void whatIsExcludedIsReplacedByTheNextBest() throws IOException {
    Path users = users("user_id,hour,device\nu5,3,phone\nu6,3,phone\n");
    List<Line> all = lines(raw, users, "--top=40");
    StringBuilder pairs = new StringBuilder("item_id,user_id\ni1,nobody\n");
    Set<Line> excluded = new HashSet<>();
    for (int i : new int[] {0, 2, 3}) {
      pairs.append("\"" + all.get(i).item().replace("\"", "\"\"") + "\",u5\n");
      excluded.add(all.get(i));
    }
    Path exclude = file("seen.csv", pairs.toString());
    List<Line> left = lines(raw, users, "--top=40", "--exclude=" + exclude);
    assertThat(left).hasSize(77);
    all.removeAll(excluded);
    assertThat(left).extracting(Line::item).isEqualTo(all.stream().map(Line::item).toList());
    assertThat(lines(raw, users, "--top=2", "--exclude=" + exclude))
        .extracting(Line::item)
        .containsExactly(
            all.get(0).item(), all.get(1).item(), all.get(37).item(), all.get(38).item());
  }

  private static void fails(CommandLineRun run, String... expected) {
    assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(expected).doesNotContain("\tat ");
    assertThat(folder.resolve("none.csv")).doesNotExist();
    assertThat(folder.toFile().list((f, name) -> name.endsWith(".tmp"))).isEmpty();
  }

  @Test
  void badInput() throws IOException {
    Path out = folder.resolve("none.csv");
    Path good = file("good.csv", "user_id,hour,device\nu5,3,phone\n");
    fails(recommend(rar, folder.resolve("missing.csv"), out), "missing.csv", "no such file");
    fails(recommend(rar, users("user,hour\nu5,3\n"), out), "user_id", "[user, hour]");
    fails(recommend(rar, users("user_id,hour\nu5,3\n"), out), "device", "--context", "[user_id");
    fails(
        recommend(rar, users("user_id,hour,device\nu5,3\n"), out), "users.csv", "line 2", "3", "2");
    fails(recommend(rar, good, out, "--context=hour=3"), "--context hour", "column");
    fails(recommend(rar, good, out, "--context=huor=3"), "huor", "did you mean \"hour\"");
    fails(recommend(rar, good, out, "--context=hour"), "FIELD=VALUE", "hour");
    fails(recommend(rar, good, out, "--context=x=1,x=2"), "found two");
    fails(recommend(rar, good, out, "--top=0"), "--top", "at least 1");
    fails(recommend(rar, good, out, "--threads=0"), "--threads", "at least 1");
    fails(recommend(rar, good, out, "--kernels=opencl"), "opencl");
    fails(recommend(raw, good, out, "--candidates=pool"), "pool", "all", "--enrich");
    fails(recommend(rar, good, out, "--candidates=polo"), "polo", "no such file");
    Path wrong = file("wrong.csv", "item,price\ni1,2\n");
    fails(recommend(rar, good, out, "--candidates=" + wrong), "item_id", "[item, price]");
    wrong = file("wrong.csv", "item_id,price\ni1,2\ni2,cheap\n");
    fails(recommend(rar, good, out, "--candidates=" + wrong), "line 3", "price", "cheap");
    wrong = file("wrong.csv", "item_id\n");
    fails(recommend(rar, good, out, "--candidates=" + wrong), "found none");
    fails(recommend(rar, good, out, "--exclude=" + wrong), "user_id", "[item_id]");
  }
}
