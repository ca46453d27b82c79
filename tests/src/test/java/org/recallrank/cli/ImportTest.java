package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;

/** Weights go out and come back; what does not fit is named and leaves nothing behind. */
class ImportTest {
  private static final String MAP =
      """
      {"dataset_id": "d", "labels": ["click"], "features": [
        {"user_id": {"source": "", "type": "categorical", "padding_idx": 0, "vocab_size": 5}},
        {"item_id": {"source": "", "type": "categorical", "padding_idx": 0, "vocab_size": 4}}
      ]}
      """;
  private static final String VOCABULARIES =
      """
      {"user_id": {"__PAD__": 0, "u1": 1, "u2": 2, "u3": 3, "__OOV__": 4},
       "item_id": {"__PAD__": 0, "i1": 1, "i2": 2, "__OOV__": 3}}
      """;

  @TempDir private Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    Random random = new Random(3);
    StringBuilder csv = new StringBuilder("label,user_id,item_id,hour\n");
    for (int i = 0; i < 300; i++) {
      int user = random.nextInt(20);
      int item = random.nextInt(15);
      csv.append(random.nextInt(4) < 1 + item % 3 ? 1 : 0)
          .append(",u" + user + ",i" + item + "," + random.nextInt(24) + "\n");
    }
    data = Files.writeString(folder.resolve("data.csv"), csv);
  }

  private Path trained(String enrich) {
    Path run = folder.resolve("trained-" + enrich);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--train=" + data,
                "--valid=" + data,
                "--user=user_id",
                "--item=item_id",
                "--cache=" + folder.resolve("cache"),
                "--model=deepfm",
                "--enrich=" + enrich,
                "--set=hidden_units=[8,4]",
                "--set=embedding_dim=4",
                "--set=batch_size=50",
                "--epochs=2",
                "--quiet",
                "--out=" + run));
    if (enrich.equals("rar")) {
      arguments.addAll(
          List.of(
              "--set=pool_items=6",
              "--set=pool_users=6",
              "--set=rar_look_alikes=2",
              "--set=rar_recall_items=3",
              "--set=dssm_epochs=1"));
    }
    succeeds(arguments);
    return run;
  }

  private static CommandLineRun succeeds(List<String> arguments) {
    CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(arguments + "\n" + run.err()).isZero();
    return run;
  }

  private static void fails(List<String> arguments, String... expected) {
    CommandLineRun run = CommandLineRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(arguments + "\n" + run.err()).isEqualTo(2);
    assertThat(run.err()).contains(expected).doesNotContain("\tat ");
  }

  private byte[] scores(Path run) throws IOException {
    Path scores = folder.resolve("scores.csv");
    succeeds(List.of("predict", "--run=" + run, "--data=" + data, "--out=" + scores));
    return Files.readAllBytes(scores);
  }

  private static List<String> importing(Path weights, Path run, Path out) {
    return List.of(
        "import",
        "--weights=" + weights,
        "--config=" + run.resolve("config.yaml"),
        "--fields-of=" + run,
        "--out=" + out);
  }

  private static List<String> with(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void exportedAndImportedAgainARunIsTheSame() throws IOException {
    for (String enrich : List.of("none", "rar")) {
      Path run = trained(enrich);
      Path weights = folder.resolve(enrich + ".safetensors");
      String said = succeeds(List.of("export", "--run=" + run, "--out=" + weights)).out();
      assertThat(said).contains("embedding_layer", "mlp", "in all", weights.toString());
      assertThat(said.contains("rar")).isEqualTo(enrich.equals("rar"));
      Path again = folder.resolve("again").resolve(enrich);
      succeeds(importing(weights, run, again));
      assertThat(again.resolve("model.safetensors"))
          .hasSameBinaryContentAs(run.resolve("model.safetensors"));
      assertThat(scores(again)).isEqualTo(scores(run));
      succeeds(List.of("evaluate", "--run=" + again, "--data=" + data, "--json"));
      JsonObject info =
          JsonParser.parseString(succeeds(List.of("info", "--run=" + again, "--json")).out())
              .getAsJsonObject();
      assertThat(info.get("enrich").getAsString()).isEqualTo(enrich);
      assertThat(info.getAsJsonArray("fields")).hasSize(3);
      assertThat(info.getAsJsonObject("settings").get("hidden_units").getAsString())
          .isEqualTo("[8,4]");
    }
  }

  @Test
  void weightsThatDoNotFitAreNamedAndLeaveNothing() throws IOException {
    Path run = trained("none");
    SafeTensors whole = SafeTensors.read(run.resolve("model.safetensors"));
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(whole.tensors());
    tensors.remove("mlp.mlp.0.weight");
    tensors.put("fm.lr_layer.bias", StoredTensor.of(new float[2], 2));
    tensors.put("dnn.mlp.0.weight", StoredTensor.of(new float[1], 1));
    Path weights = folder.resolve("wrong.safetensors");
    new SafeTensors(tensors, Map.of()).write(weights);
    Path out = folder.resolve("new/run");
    fails(
        importing(weights, run, out),
        "wrong.safetensors: does not fit the model in 3 tensors",
        "mlp.mlp.0.weight: expected F32[8, 12], found none",
        "fm.lr_layer.bias: expected F32[1], found F32[2]",
        "dnn.mlp.0.weight: expected none, found F32[1]");
    assertThat(folder.resolve("new")).doesNotExist();

    byte[] before = Files.readAllBytes(run.resolve("model.safetensors"));
    Path model = run.resolve("model.safetensors");
    fails(importing(model, run, run), "holds a run already", "--force");
    fails(with(importing(weights, run, run), "--force"), "mlp.mlp.0.weight");
    assertThat(Files.readAllBytes(model)).isEqualTo(before);
    succeeds(with(importing(model, run, run), "--force"));
    assertThat(Files.readAllBytes(model)).isEqualTo(before);
  }

  @Test
  void whatSaysTheFieldsIsNeededOnce() {
    Path run = trained("none");
    Path model = run.resolve("model.safetensors");
    Path out = folder.resolve("run");
    List<String> none = List.of("import", "--weights=" + model, "--model=deepfm", "--out=" + out);
    fails(none, "--features", "--fields-of", "found neither");
    fails(with(none, "--features=map.json", "--fields-of=" + run), "found both");
    fails(with(none, "--features=map.json", "--enrich=rar"), "rar needs the pools", "--fields-of");
    fails(with(none, "--fields-of=" + run, "--enrich=rar"), "rar needs the pools", "has none");
    fails(
        with(none, "--fields-of=" + run, "--user=item_id"),
        "--user: expected user_id as in " + run + ", found item_id");
    fails(with(none, "--features=map.json"), "map.json: cannot be read");
    fails(with(none, "--fields-of=" + folder), "model.safetensors");
    assertThat(out).doesNotExist();
  }

  private List<String> ofFuxiCtr(String map, String vocabularies) throws IOException {
    Files.writeString(folder.resolve("feature_map.json"), map);
    Files.writeString(folder.resolve("feature_vocab.json"), vocabularies);
    return List.of(
        "import",
        "--weights=" + folder.resolve("model.safetensors"),
        "--model=deepfm",
        "--set=hidden_units=[2]",
        "--set=embedding_dim=3",
        "--set=batch_norm=false",
        "--set=net_dropout=0",
        "--features=" + folder.resolve("feature_map.json"),
        "--out=" + folder.resolve("run"));
  }

  @Test
  void theUserIsKnownForGaucAndTheLabelFromTheMap() throws IOException {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String field : List.of("user_id", "item_id")) {
      int rows = field.equals("user_id") ? 5 : 4;
      float[] firstOrder = new float[rows];
      for (int row = 1; row < rows; row++) {
        firstOrder[row] = row;
      }
      String name = "embedding_layer.embedding_layer.embedding_layers." + field + ".weight";
      tensors.put(name, StoredTensor.of(new float[3 * rows], rows, 3));
      tensors.put("fm.lr_layer." + name, StoredTensor.of(firstOrder, rows, 1));
    }
    tensors.put("fm.lr_layer.bias", StoredTensor.of(new float[] {-4}, 1));
    tensors.put("mlp.mlp.0.weight", StoredTensor.of(new float[12], 2, 6));
    tensors.put("mlp.mlp.0.bias", StoredTensor.of(new float[2], 2));
    tensors.put("mlp.mlp.2.weight", StoredTensor.of(new float[2], 1, 2));
    tensors.put("mlp.mlp.2.bias", StoredTensor.of(new float[1], 1));
    tensors.put("some.triu_mask", StoredTensor.of(new boolean[4], 2, 2));
    new SafeTensors(tensors, Map.of()).write(folder.resolve("model.safetensors"));
    succeeds(with(ofFuxiCtr(MAP, VOCABULARIES), "--user=user_id"));

    Path rows =
        Files.writeString(
            folder.resolve("rows.csv"),
            "click,item_id,user_id\n1,i2,u1\n0,i1,u1\n1,i1,u3\n0,new,\n0,i2,u3\n");
    Path scores = folder.resolve("scores.csv");
    Path run = folder.resolve("run");
    succeeds(List.of("predict", "--run=" + run, "--data=" + rows, "--out=" + scores));
    List<String> lines = Files.readAllLines(scores);
    int[] sums = {1 + 2, 1 + 1, 3 + 1, 4 + 3, 3 + 2};
    for (int i = 0; i < sums.length; i++) {
      assertThat(Double.parseDouble(lines.get(i + 1).split(",")[1]))
          .isCloseTo(1 / (1 + Math.exp(4 - sums[i])), org.assertj.core.data.Offset.offset(1e-6));
    }
    JsonObject metrics =
        JsonParser.parseString(
                succeeds(List.of("evaluate", "--run=" + run, "--data=" + rows, "--json")).out())
            .getAsJsonObject();
    assertThat(metrics.get("gaucUsers").getAsInt()).isEqualTo(2);
    assertThat(metrics.get("gauc").getAsDouble()).as("u1 right, u3 wrong").isEqualTo(0.5);
  }

  @Test
  void brokenFeatureFilesAreNamed() throws IOException {
    fails(ofFuxiCtr("{}", VOCABULARIES), "feature_map.json: expected FuxiCTR's feature_map.json");
    fails(ofFuxiCtr("", VOCABULARIES), "feature_map.json");
    fails(
        ofFuxiCtr(MAP.replace("[\"click\"]", "[\"a\", \"b\"]"), VOCABULARIES), "label", "--label");
    fails(ofFuxiCtr(MAP, "{"), "feature_vocab.json: expected FuxiCTR's feature_vocab.json");
    fails(
        ofFuxiCtr(MAP, "{\"user_id\": {\"__PAD__\": 0, \"__OOV__\": 4}}"),
        "user_id: expected __OOV__ in the row behind all tokens, 1");
    fails(with(ofFuxiCtr(MAP, VOCABULARIES), "--user=usr"), "there is no field usr", "user_id");
    List<String> arguments = ofFuxiCtr(MAP, VOCABULARIES);
    Files.delete(folder.resolve("feature_vocab.json"));
    fails(arguments, "feature_vocab.json: cannot be read");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
