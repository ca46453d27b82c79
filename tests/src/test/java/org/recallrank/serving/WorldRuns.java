package org.recallrank.serving;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.recall.Dssm;
import org.recallrank.training.recall.PoolConfig;
import org.recallrank.training.recall.RecallStage;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.world.GeneratedWorld;

/**
 * Run folders of models over a generated world, with random numbers for all that training would
 * change, running statistics among it, and rows to score.
 */
final class WorldRuns {
  /** A model with its enricher, and settings that differ from those of all. */
  static final Map<String, String> MODELS =
      Map.ofEntries(
          Map.entry("raw", "xdeepfm none dnn_hidden_units=8,6 cin_hidden_units=5,3"),
          Map.entry("FRNet bit", "deepim frnet frnet_weight_type=bit hidden_units=8,6"),
          Map.entry("FRNet vector", "ipnn frnet frnet_weight_type=vector hidden_units=8,6"),
          Map.entry(
              "CIM short",
              "autoint cim cim_length=short dnn_hidden_units=8,6 attention_dim=4 num_heads=2"),
          Map.entry("CIM long", "deepfm cim cim_length=long hidden_units=8,6"),
          Map.entry("RAR", "dcnv2 rar parallel_dnn_hidden_units=8,6"),
          Map.entry("RAR of own embeddings", "dcn rar rar_hash_source=model dnn_hidden_units=8,6"),
          Map.entry("RAR, hyperplanes", "widedeep rar rar_hash_form=classic_sign hidden_units=8,6"),
          Map.entry("RAR, exact", "deepfm rar rar_variant=exact hidden_units=8,6"),
          Map.entry("RAR-user", "widedeep rar rar_variant=user hidden_units=8,6"),
          Map.entry("RAR-select", "ipnn rar rar_variant=select hidden_units=8,6"),
          Map.entry("RAR-aux-wght", "deepim rar rar_variant=aux_wght hidden_units=8,6"),
          Map.entry("RAR-wght", "deepfm rar rar_variant=wght hidden_units=8,6"));

  private static final Map<String, String> OF_ENRICHER =
      Map.of(
          "none", "",
          "frnet", "frnet_hidden_units=6 frnet_att_size=3",
          "cim", "cim_score_units=6,4 cim_heads=2",
          "rar", "rar_look_alikes=3 rar_recall_items=4 rar_hidden_units=5 rar_out_units=4");

  private final Path folder;
  private final List<Batch> batches = new ArrayList<>();
  private final Encoding encoding;
  private final RecallData recall;

  /**
   * Makes the world, with 60 recall items per user, so that CIM short and long differ.
   *
   * @param sizes rows of the batches
   */
  WorldRuns(Path folder, Kernels kernels, int... sizes) {
    this.folder = folder;
    DatasetWriter.write(
        new GeneratedWorld(GeneratedWorld.Config.ofRows(12_000, 1)), 1, folder.resolve("world"));
    try (DatasetFolder world = DatasetFolder.open(folder.resolve("world"))) {
      Dataset training = world.split(Split.TRAIN);
      RecallStage stage = new RecallStage(training);
      Dssm.Config dssm =
          Dssm.Config.from(new Settings(Map.of("dssm_epochs", "2", "dssm_dim", "8")));
      RecallVectors vectors = stage.vectors(kernels, dssm, new Rng(1), loss -> {});
      recall = stage.nearest(kernels, vectors, new PoolConfig(60, 20));
      encoding = world.encoding();
      int from = 0;
      for (int size : sizes) {
        batches.add(training.fill(new BatchBuffer(world.schema(), size), from, size));
        from += size;
      }
    }
  }

  /** The rows to score. */
  List<Batch> batches() {
    return batches;
  }

  Encoding encoding() {
    return encoding;
  }

  RecallData recall() {
    return recall;
  }

  /** Saves a run of that name, if it is not there. */
  Path run(String name) {
    return run(name, MODELS.get(name));
  }

  /**
   * Saves a run, if it is not there.
   *
   * @param model model, enricher and settings
   */
  Path run(String name, String model) {
    Path run = folder.resolve(name);
    if (run.resolve(SavedModel.MODEL).toFile().exists()) {
      return run;
    }
    ModelSpec spec = spec(model.split(" "));
    Entities entities = new Entities(recall.users(), recall.items());
    SavedModel.prepare(run, encoding, entities, recall);
    CtrModel built = spec.build(new ParameterSet(new Rng(1)), encoding.schema(), recall);
    randomize(built.parameters());
    SavedModel.saveWeights(run, spec, "click", built);
    return run;
  }

  /** New models have scales of 1 and statistics of 0 and 1, with which much goes unnoticed. */
  private static void randomize(ParameterSet set) {
    Rng rng = new Rng(7);
    set.buffers()
        .forEach(
            (name, buffer) -> {
              if (name.endsWith("running_mean")) {
                fill(buffer, rng, 0, 0.3);
              } else if (name.endsWith("running_var")) {
                fill(buffer, rng, 1, 0.2);
              }
            });
    set.parameters()
        .forEach(
            p -> {
              if (p.value().shape().rank() == 1) {
                boolean scale = p.name().endsWith("weight");
                fill(p.value(), rng, scale ? 1 : 0, 0.2);
                p.touch();
              }
            });
  }

  private static void fill(Tensor x, Rng rng, double mean, double std) {
    for (int i = 0; i < x.size(); i++) {
      double value = mean + std * rng.nextGaussian();
      x.set(i, (float) (mean > 0 ? Math.max(0.1, value) : value));
    }
  }

  private static ModelSpec spec(String[] model) {
    Map<String, String> settings =
        new HashMap<>(Map.of("embedding_dim", "4", "embedding_std", "0.5"));
    Stream.concat(Arrays.stream(model).skip(2), Stream.of(OF_ENRICHER.get(model[1]).split(" ")))
        .filter(setting -> !setting.isEmpty())
        .forEach(setting -> settings.put(setting.split("=")[0], setting.split("=")[1]));
    return ModelSpec.of(model[0], model[1], new Settings(settings));
  }
}
