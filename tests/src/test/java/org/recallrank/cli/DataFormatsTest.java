package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.razorvine.pickle.Pickler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets in their own formats go from files to metrics. */
class DataFormatsTest {
  @TempDir private Path folder;

  private CommandLineRun train(String format, Path data, String enrich, String... more) {
    String[] command = {
      "train",
      "--format=" + format,
      "--data=" + data,
      "--cache=" + folder.resolve("cache"),
      "--model=dcnv2",
      "--enrich=" + enrich,
      "--set=batch_size=64",
      "--set=parallel_dnn_hidden_units=8",
      "--epochs=1",
      "--quiet",
      "--out=" + folder.resolve(format + "-" + enrich)
    };
    List<String> all = new ArrayList<>(List.of(command));
    if (enrich.equals("rar")) {
      all.addAll(
          List.of(
              "--set=pool_items=6",
              "--set=pool_users=5",
              "--set=rar_look_alikes=2",
              "--set=rar_recall_items=2"));
    }
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray(String[]::new));
  }

  private JsonObject metrics(String run) throws IOException {
    return JsonParser.parseString(Files.readString(folder.resolve(run).resolve("metrics.json")))
        .getAsJsonObject();
  }

  @Test
  void kkBox() throws IOException {
    Path data = Files.createDirectory(folder.resolve("kk"));
    Random random = new Random(1);
    StringBuilder rows =
        new StringBuilder("msno,song_id,source_system_tab,source_screen_name,source_type,target\n");
    for (int i = 0; i < 600; i++) {
      rows.append("u%d,s%d,search,,,%d\n".formatted(i % 12, i % 17, random.nextInt(2)));
    }
    Files.writeString(data.resolve("train.csv"), rows);
    Files.writeString(
        data.resolve("members.csv"), "msno,city,bd,gender,registered_via\nu1,1,0,,3\n");
    Files.writeString(
        data.resolve("songs.csv"), "song_id,genre_ids,artist_name,language\ns1,1|2,\"A, B\",3.0\n");
    Files.writeString(data.resolve("song_extra_info.csv"), "song_id,name,isrc\ns1,x,US1\n");
    for (String enrich : List.of("none", "rar")) {
      CommandLineRun run = train("kkbox", data, enrich);
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(metrics("kkbox-" + enrich).has("testBySession")).isFalse();
    }
    Files.writeString(data.resolve("train.csv"), rows + "u1,s1,,,,2\n");
    CommandLineRun bad = train("kkbox", data, "none", "--force");
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.err())
        .contains("train.csv, line 602: column target: expected 0 or 1, found '2'");
    assertThat(train("kkbox", data, "none", "--force", "--bad-rows=skip:1").exitCode()).isZero();
  }

  @Test
  void candiCtr() throws IOException {
    Path data = Files.createDirectory(folder.resolve("candi"));
    Random random = new Random(1);
    for (String name : List.of("group_all_train_data.pkl", "group_all_test_data.pkl")) {
      List<Object> sessions = new ArrayList<>();
      for (int s = 0; s < 60; s++) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          items.add(List.of(1 + random.nextInt(20), 1 + random.nextInt(3), 1, 2, 3));
        }
        List<Object> session = new ArrayList<>(List.of(1 + s % 10, 1 + s % 4, List.of(1, 0, 0)));
        session.addAll(items.subList(0, 3));
        session.add(items);
        sessions.add(session);
      }
      Files.write(data.resolve(name), new Pickler().dumps(sessions));
    }
    for (String enrich : List.of("none", "rar")) {
      CommandLineRun run = train("candictr", data, enrich);
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out()).contains("test by session, as CIM measures: AUC 0.");
      JsonObject bySession = metrics("candictr-" + enrich).getAsJsonObject("testBySession");
      assertThat(bySession.get("definition").getAsString()).startsWith("CIM");
      assertThat(bySession.get("sessions").getAsInt()).isEqualTo(60);
      assertThat(bySession.get("rows").getAsInt()).isEqualTo(180);
    }
    reportNamesBothDefinitions(data);
    Files.write(
        data.resolve("group_all_train_data.pkl"), "\u0080".getBytes(StandardCharsets.ISO_8859_1));
    CommandLineRun bad = train("candictr", data, "none", "--force");
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.err()).contains("group_all_train_data.pkl, byte 1: the pickle is not complete");
  }

  private void reportNamesBothDefinitions(Path data) {
    Path out = folder.resolve("table3");
    CommandLineRun run =
        CommandLineRun.of(
            "experiment",
            "table3",
            "--format=candictr",
            "--data=" + data,
            "--cache=" + folder.resolve("cache"),
            "--models=dcnv2",
            "--set=batch_size=64",
            "--set=parallel_dnn_hidden_units=8",
            "--set=pool_items=6",
            "--set=pool_users=5",
            "--set=rar_look_alikes=2",
            "--set=rar_recall_items=2",
            "--epochs=1",
            "--quiet",
            "--out=" + out);
    assertThat(run.exitCode()).as(run.err()).isZero();
    Path page = folder.resolve("report.html");
    run = CommandLineRun.of("report", out.toString(), "--out=" + page);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(page)
        .content()
        .contains("Table 3 on CandiCTR-Pub, 360 rows (one seed)</span>")
        .contains("Table 3 on CandiCTR-Pub, 360 rows (one seed); grouped by session as CIM does")
        .contains("<small class=\"theirs\">54.30 <b class="); // the same data: a difference
  }
}
