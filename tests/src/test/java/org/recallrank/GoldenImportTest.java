package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.cli.CommandLineRun;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;

/**
 * Weights that FuxiCTR made, imported with its feature map and vocabulary, give its probabilities
 * for a CSV file, and are exported as they were.
 */
class GoldenImportTest {
  private static final double PROBABILITIES = 1e-6;

  @TempDir private Path temporary;

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenFolder.open().cases("models", "")) {
      String model = GoldenFolder.json(folder, "config.json").get("model").getAsString();
      String name = folder.getFileName().toString();
      tests.add(DynamicTest.dynamicTest(name, () -> check(folder, name, model)));
    }
    assertThat(tests).as("golden cases").isNotEmpty();
    return tests.stream();
  }

  private void check(Path golden, String name, String model) throws IOException {
    GoldenCase expected = GoldenCase.read(golden);
    Path files = Files.createDirectory(temporary.resolve(name));
    write(files.resolve("config.yaml"), configuration(expected.config(), model));
    write(files.resolve("feature_map.json"), featureMap(expected.config()));
    write(files.resolve("feature_vocab.json"), vocabularies(expected.config()));
    Path weights = golden.resolve("weights.safetensors");
    Path run = files.resolve("run");
    succeeds(
        "import",
        "--weights=" + weights,
        "--config=" + files.resolve("config.yaml"),
        "--features=" + files.resolve("feature_map.json"),
        "--out=" + run);

    JsonObject batch =
        GoldenFolder.json(golden, "batches.json")
            .getAsJsonArray("batches")
            .get(0)
            .getAsJsonObject();
    Path rows = Files.writeString(files.resolve("rows.csv"), csv(expected.config(), batch));
    Path scores = files.resolve("scores.csv");
    succeeds("predict", "--run=" + run, "--data=" + rows, "--out=" + scores);
    expected.check("eval.probs", probabilities(scores), PROBABILITIES);
    succeeds("evaluate", "--run=" + run, "--data=" + rows);
    succeeds("info", "--run=" + run);

    Path exported = files.resolve("exported.safetensors");
    succeeds("export", "--run=" + run, "--out=" + exported);
    sameTensors(SafeTensors.read(weights), SafeTensors.read(exported));
  }

  private static void succeeds(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.exitCode()).as(String.join(" ", arguments) + "\n" + run.err()).isZero();
  }

  private static void write(Path file, JsonObject json) throws IOException {
    Files.writeString(file, json.toString());
  }

  /** JSON is YAML too. */
  private static JsonObject configuration(JsonObject golden, String model) {
    JsonObject options = new JsonObject();
    options.addProperty("model", model);
    JsonObject settings = golden.getAsJsonObject("model_args").deepCopy();
    settings.add("embedding_dim", golden.get("embedding_dim"));
    settings.add("net_dropout", golden.get("net_dropout"));
    JsonObject configuration = new JsonObject();
    configuration.add("options", options);
    configuration.add("settings", settings);
    return configuration;
  }

  /** As FuxiCTR's {@code FeatureMap.save} writes it, with a field that models do not see. */
  private static JsonObject featureMap(JsonObject golden) {
    JsonObject meta = new JsonObject();
    meta.addProperty("type", "meta");
    JsonArray features = new JsonArray();
    features.add(single("session", meta));
    for (JsonElement element : golden.getAsJsonArray("features")) {
      JsonObject feature = element.getAsJsonObject().deepCopy();
      String name = feature.remove("name").getAsString();
      feature.addProperty("source", "");
      features.add(single(name, feature));
    }
    JsonObject map = new JsonObject();
    map.addProperty("dataset_id", "golden");
    JsonArray labels = new JsonArray();
    labels.add(golden.get("label"));
    map.add("labels", labels);
    map.add("features", features);
    return map;
  }

  private static JsonObject single(String key, JsonObject value) {
    JsonObject object = new JsonObject();
    object.add(key, value);
    return object;
  }

  /** As {@code FeatureProcessor.save_vocab} writes it: sorted by row. */
  private static JsonObject vocabularies(JsonObject golden) {
    JsonObject all = new JsonObject();
    for (JsonElement element : golden.getAsJsonArray("features")) {
      JsonObject feature = element.getAsJsonObject();
      if (feature.has("vocab_size")) {
        int last = feature.get("vocab_size").getAsInt() - 1;
        JsonObject rows = new JsonObject();
        rows.addProperty("__PAD__", 0);
        for (int row = 0; row < last; row++) { // row 0: the batches name it on purpose
          rows.addProperty(token(feature, row), row);
        }
        rows.addProperty("__OOV__", last);
        all.add(feature.get("name").getAsString(), rows);
      }
    }
    return all;
  }

  /** Of a field's row; sorts otherwise than the rows. The last row has none. */
  private static String token(JsonObject feature, int row) {
    String owner = feature.has("share_embedding") ? "share_embedding" : "name";
    return feature.get(owner).getAsString() + "_" + (1000 - row);
  }

  /** The columns in another order than the fields. */
  private static String csv(JsonObject golden, JsonObject batch) {
    List<JsonElement> features = new ArrayList<>(golden.getAsJsonArray("features").asList());
    Collections.reverse(features);
    StringBuilder csv = new StringBuilder("label");
    features.forEach(f -> csv.append(',').append(f.getAsJsonObject().get("name").getAsString()));
    JsonArray labels = batch.getAsJsonArray("label");
    for (int row = 0; row < labels.size(); row++) {
      csv.append('\n').append(labels.get(row).getAsString());
      for (JsonElement element : features) {
        JsonObject feature = element.getAsJsonObject();
        JsonElement value = batch.getAsJsonArray(feature.get("name").getAsString()).get(row);
        csv.append(',').append(text(feature, value));
      }
    }
    return csv.append('\n').toString();
  }

  private static String text(JsonObject feature, JsonElement value) {
    if (value instanceof JsonArray rows) {
      return String.join("^", rows.asList().stream().map(row -> text(feature, row)).toList());
    }
    JsonPrimitive number = value.getAsJsonPrimitive();
    return feature.has("vocab_size") ? token(feature, number.getAsInt()) : number.getAsString();
  }

  private static float[] probabilities(Path scores) throws IOException {
    List<String> lines = Files.readAllLines(scores);
    float[] probabilities = new float[lines.size() - 1];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = Float.parseFloat(lines.get(i + 1).split(",")[1]);
    }
    return probabilities;
  }

  private static void sameTensors(SafeTensors given, SafeTensors exported) {
    given
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (tensor.dtype() != StoredTensor.DType.BOOL) {
                StoredTensor found = exported.tensor(name);
                assertThat(found.toString()).as(name).isEqualTo(tensor.toString());
                if (tensor.dtype() == StoredTensor.DType.I64) {
                  assertThat(found.longs()).as(name).isEqualTo(tensor.longs());
                } else {
                  assertThat(found.floats()).as(name).isEqualTo(tensor.floats());
                }
              }
            });
    assertThat(given.tensors().keySet()).containsAll(exported.tensors().keySet());
  }
}
