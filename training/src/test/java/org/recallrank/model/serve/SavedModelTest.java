package org.recallrank.model.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.data.EncodingBuilder;
import org.recallrank.training.data.EntityTables;
import org.recallrank.training.recall.RecallStage;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.TestSource;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

class SavedModelTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "embedding_dim", "4",
          "hidden_units", "[6]",
          "batch_norm", "true",
          "learning_rate", "0.02",
          "batch_size", "50",
          "epochs", "1");
  private static final Map<String, String> RECALL =
      Map.of("pool_items", "6", "pool_users", "4", "dssm_epochs", "1", "dssm_dim", "8");
  private static final Map<String, String> RAR =
      Map.of("rar_look_alikes", "2", "rar_recall_items", "3");

  @TempDir private static Path shared;
  private static DatasetFolder data;
  private static Workers workers;
  private static Kernels kernels;

  @BeforeAll
  static void encode() {
    TestSource source =
        new TestSource(
            new Columns(
                List.of(
                    Column.categorical("user", Field.Role.USER),
                    Column.categorical("item", Field.Role.ITEM),
                    Column.sequence("tags", Field.Role.ITEM, 2, Field.Pooling.MEAN),
                    Column.numeric("age", Field.Role.USER)),
                0,
                1));
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      source.add(
          i < 150 ? Split.TRAIN : Split.VALID,
          random.nextInt(2),
          "u" + random.nextInt(12),
          "i" + random.nextInt(15),
          "t" + random.nextInt(4) + "^t" + random.nextInt(4),
          random.nextFloat());
    }
    DatasetWriter.write(source, 1, shared.resolve("data"));
    data = DatasetFolder.open(shared.resolve("data"));
    workers = Workers.create(1);
    kernels = new KernelSelector().select("scalar", workers).kernels();
  }

  @AfterAll
  static void close() {
    data.close();
    workers.close();
  }

  @TempDir private Path temporary;

  private static TrainingSpec spec(String enrich) {
    Map<String, String> settings = new LinkedHashMap<>(SETTINGS);
    settings.putAll(enrich.equals("cim") || enrich.equals("rar") ? RECALL : Map.of());
    settings.putAll(enrich.equals("rar") ? RAR : Map.of());
    return TrainingSpec.of("Wide&Deep", enrich, new Settings(settings));
  }

  private static RecallData recall(TrainingSpec spec) {
    RecallStage stage = new RecallStage(data.split(Split.TRAIN));
    return stage.nearest(
        kernels, stage.vectors(kernels, spec.dssm(), new Rng(1), loss -> {}), spec.pools());
  }

  /** A model that has been trained, and so has nothing left of its first weights. */
  private static CtrModel trained(TrainingSpec spec, RecallData recall) {
    CtrModel model = spec.build(data.schema(), recall);
    new Trainer(model, spec.train(), kernels)
        .fit(data.split(Split.TRAIN), data.split(Split.VALID), TrainListener.none());
    return model;
  }

  private static float[] predictions(CtrModel model) {
    Dataset rows = data.split(Split.VALID);
    BatchBuffer buffer = new BatchBuffer(data.schema(), 50);
    return new Scorer(model, kernels).predict(rows.fill(buffer, 0, 50)).toArray();
  }

  private Path folder() throws IOException {
    return Files.createDirectories(temporary.resolve("run"));
  }

  /** A folder with an untrained model. */
  private Path saved(String enrich) throws IOException {
    TrainingSpec spec = spec(enrich);
    RecallData recall = spec.needsRecall() ? recall(spec) : null;
    SavedModel.prepare(folder(), data.encoding(), EntityTables.of(data.split(Split.TRAIN)), recall);
    SavedModel.saveWeights(folder(), spec.model(), "click", spec.build(data.schema(), recall));
    return folder();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "frnet", "cim", "rar"})
  void aLoadedModelPredictsTheSameBits(String enrich) throws IOException {
    TrainingSpec spec = spec(enrich);
    RecallData recall = spec.needsRecall() ? recall(spec) : null;
    CtrModel model = trained(spec, recall);
    float[] expected = predictions(model);
    SavedModel.prepare(folder(), data.encoding(), EntityTables.of(data.split(Split.TRAIN)), recall);
    SavedModel.saveWeights(folder(), spec.model(), "click", model);
    SavedModel loaded = SavedModel.load(folder());
    assertThat(predictions(loaded.model())).isEqualTo(expected);
    assertThat(Arrays.equals(expected, predictions(spec.build(data.schema(), recall))))
        .as("training has changed nothing")
        .isFalse();
  }

  @Test
  void nothingOfModelAndEncodingIsForgotten() throws IOException {
    TrainingSpec spec = spec("rar");
    SavedModel loaded = SavedModel.load(saved("rar"));
    assertThat(loaded.label()).isEqualTo("click");
    assertThat(loaded.spec().model()).isEqualTo("widedeep");
    assertThat(loaded.spec().enrich()).isEqualTo("rar");
    assertThat(TrainingSpec.of(loaded).train()).isEqualTo(spec.train());
    assertThat(TrainingSpec.of(loaded).dssm()).isEqualTo(spec.dssm());
    assertThat(TrainingSpec.of(loaded).pools()).isEqualTo(spec.pools());
    assertThat(loaded.encoding().schema()).isEqualTo(data.schema());
    assertThat(loaded.encoding().vocabularies().get(3)).as("of numbers").isNull();
    for (int field = 0; field < 3; field++) {
      for (int row = 1; row < data.schema().fields().get(field).vocabularySize() - 1; row++) {
        assertThat(loaded.encoding().vocabularies().get(field).token(row))
            .isEqualTo(data.encoding().vocabularies().get(field).token(row));
      }
    }
  }

  /** Defaults too, as those of a later version may be others. */
  @Test
  void everySettingIsWrittenDown() throws IOException {
    Map<String, String> metadata =
        SafeTensors.read(saved("rar").resolve(SavedModel.MODEL)).metadata();
    assertThat(metadata)
        .containsEntry("format", "recallrank-1")
        .containsEntry("model", "widedeep")
        .containsEntry("enrich", "rar")
        .containsEntry("label", "click");
    Map<String, String> settings = new LinkedHashMap<>();
    JsonParser.parseString(metadata.get("settings"))
        .getAsJsonObject()
        .asMap()
        .forEach((key, value) -> settings.put(key, value.getAsString()));
    Map<String, String> asked = new LinkedHashMap<>();
    spec("rar").settings().asked().forEach(setting -> asked.put(setting.key(), setting.value()));
    assertThat(settings)
        .isEqualTo(asked)
        .containsEntry("learning_rate", "0.02")
        .containsEntry("early_stop_patience", "2");
  }

  @Test
  void anExportIsTheSameFile() throws IOException {
    Path folder = saved("rar");
    Path export = temporary.resolve("export.safetensors");
    SavedModel.load(folder).export(export);
    assertThat(export).hasSameBinaryContentAs(folder.resolve(SavedModel.MODEL));
  }

  @Test
  void weightsMayBeReplaced() throws IOException {
    Path folder = saved("none");
    TrainingSpec spec = spec("none");
    CtrModel better = trained(spec, null);
    SavedModel.saveWeights(folder, spec.model(), "click", better);
    assertThat(predictions(SavedModel.load(folder).model())).isEqualTo(predictions(better));
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> !path.equals(folder))
          .map(path -> folder.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @Test
  void deletingLeavesWhatIsOfOthers() throws IOException {
    Path folder = saved("rar");
    Files.writeString(folder.resolve("log.txt"), "");
    assertThat(files(folder))
        .containsExactly(
            "entities.safetensors",
            "log.txt",
            "model.safetensors",
            "recall.safetensors",
            "schema.json",
            "vocabulary",
            "vocabulary/00-user.txt",
            "vocabulary/01-item.txt",
            "vocabulary/02-tags.txt");
    SavedModel.delete(folder, data.encoding());
    assertThat(files(folder)).containsExactly("log.txt");
    SavedModel.delete(folder, data.encoding());
    assertThat(files(folder)).as("nothing is there any more").containsExactly("log.txt");
  }

  @Test
  void withoutRecallDataThereIsNoFileOfIt() throws IOException {
    assertThat(saved("none").resolve("recall.safetensors")).doesNotExist();
  }

  private static void assertRefused(Path folder, String... parts) {
    assertThatThrownBy(() -> SavedModel.load(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void aFolderWithoutAModelIsRefused() throws IOException {
    assertRefused(
        folder(), folder() + ": expected a run folder with model.safetensors, found none");
  }

  @ParameterizedTest
  @CsvSource({
    "schema.json",
    "vocabulary/01-item.txt",
    "recall.safetensors",
  })
  void aMissingFileIsNamed(String name) throws IOException {
    Path folder = saved("rar");
    Files.delete(folder.resolve(name));
    assertRefused(folder, folder.resolve(name) + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "schema.json", "recall.safetensors"})
  void aFileThatIsCutOffIsNamed(String name) throws IOException {
    Path file = saved("rar").resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(file.getParent(), file + ": ", "damaged?");
  }

  /** Writes the model's metadata anew with one entry changed, or removed if that is null. */
  private static Path tamper(Path folder, String key, String value) {
    Path file = folder.resolve(SavedModel.MODEL);
    SafeTensors stored = SafeTensors.read(file);
    Map<String, String> metadata = new LinkedHashMap<>(stored.metadata());
    metadata.remove(key);
    if (value != null) {
      metadata.put(key, value);
    }
    new SafeTensors(stored.tensors(), metadata).write(file);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"model", "enrich", "label", "settings"})
  void missingMetadataAreNamed(String key) throws IOException {
    Path file = tamper(saved("none"), key, null);
    assertRefused(
        file.getParent(),
        file + ": expected metadata \"" + key + "\" as written by train, found [format, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model | widedepe | unknown model \"widedepe\", did you mean \"widedeep\"?",
        "enrich | raw | unknown enricher \"raw\"",
        "settings | {\"epochs\" | ''",
        "settings | [] | ''",
        "settings | null | ''",
        "settings | {\"embedding_dim\": \"0\"} | embedding_dim: expected a whole number from 1 on,"
            + " found \"0\"",
        "settings | {\"epochs\": [\"1\", \"2\"]} | ''",
        "settings | {\"epochs\": null} | ''",
        "settings | {\"epochs\": {}} | ''"
      })
  void damagedMetadataAreRefused(String key, String value, String message) throws IOException {
    Path file = tamper(saved("none"), key, value);
    assertRefused(file.getParent(), file + ": its metadata does not describe a model: " + message);
  }

  /** Scoring does not look at them, but whoever asks how the model was trained does. */
  @ParameterizedTest
  @CsvSource({
    "epochs, 0, 'epochs: expected a whole number from 1 on, found \"0\"'",
    "epcohs, 1, 'unknown setting \"epcohs\", did you mean \"epochs\"?'"
  })
  void damagedSettingsOfTrainingAreRefused(String key, String value, String message)
      throws IOException {
    JsonObject settings = new JsonObject();
    SETTINGS.forEach(settings::addProperty);
    settings.addProperty(key, value);
    Path file = tamper(saved("none"), "settings", settings.toString());
    SavedModel loaded = SavedModel.load(file.getParent());
    assertThatThrownBy(() -> TrainingSpec.of(loaded))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "model.safetensors: its metadata does not describe a training: " + message);
  }

  @Test
  void weightsOfAnotherShapeAreRefused() throws IOException {
    Path folder = saved("none");
    ModelSpec wider =
        ModelSpec.of(
            "widedeep", "none", new Settings(Map.of("embedding_dim", "5", "hidden_units", "[6]")));
    SafeTensors stored = SafeTensors.read(folder.resolve(SavedModel.MODEL));
    new SafeTensors(ModelState.of(wider.blank(data.schema(), null).parameters()), stored.metadata())
        .write(folder.resolve(SavedModel.MODEL));
    assertRefused(
        folder,
        folder.resolve(SavedModel.MODEL) + ": does not fit the model in ",
        "item.weight: expected F32[17, 4], found F32[17, 5]");
  }

  /** The model of one run, the encoding of another. */
  @Test
  void anEncodingOfOtherVocabulariesIsRefused() throws IOException {
    Path folder = saved("none");
    TestSource source =
        new TestSource(Columns.of(data.schema())).add(Split.TRAIN, 1, "u", "i", "t", 0.5);
    EncodingBuilder.fit(source, 1).save(folder);
    assertRefused(
        folder,
        folder.resolve(SavedModel.MODEL) + ": does not fit the model in ",
        "item.weight: expected F32[3, 4], found F32[17, 4]");
  }

  /** Of a model with RAR, whose metadata hold other settings than it was saved with. */
  private Path savedWith(Map<String, String> changed) throws IOException {
    JsonObject settings = new JsonObject();
    spec("rar").settings().asked().forEach(s -> settings.addProperty(s.key(), s.value()));
    changed.forEach(settings::addProperty);
    return tamper(saved("rar"), "settings", settings.toString()).getParent();
  }

  /** Pools are of 6 items and 4 users. */
  @ParameterizedTest
  @CsvSource({
    "rar_look_alikes, 5, 'rar_look_alikes: expected at most the 4 look-alike users of a pool'",
    "rar_recall_items, 7, 'rar_recall_items: expected at most the 6 recall items of a pool'"
  })
  void poolsWithoutEnoughToSelectFromAreRefused(String key, String value, String message)
      throws IOException {
    Path folder = savedWith(Map.of(key, value));
    assertRefused(
        folder,
        folder.resolve("recall.safetensors")
            + ": does not fit the settings in model.safetensors: "
            + message);
  }

  @ParameterizedTest
  @CsvSource({"recall, rar, rar_hash_source", "model, exact, rar_variant"})
  void recallDataWithoutTheVectorsThatAModelComparesAreRefused(
      String source, String variant, String setting) throws IOException {
    Path folder = savedWith(Map.of("rar_hash_source", source, "rar_variant", variant));
    Path file = folder.resolve("recall.safetensors");
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(SafeTensors.read(file).tensors());
    tensors.keySet().removeAll(List.of("vectors.users", "vectors.items"));
    new SafeTensors(tensors, Map.of()).write(file);
    assertRefused(
        folder, file + ": does not fit the settings in model.safetensors: " + setting + ": ");
  }

  @Test
  void recallDataOfOtherVocabulariesAreRefused() throws IOException {
    Path folder = saved("rar");
    TestSource source =
        new TestSource(Columns.of(data.schema())).add(Split.TRAIN, 1, "u", "i", "t", 0.5);
    EncodingBuilder.fit(source, 1).save(folder);
    assertRefused(folder, folder.resolve("entities.safetensors") + ": does not fit the schema: ");
  }
}
