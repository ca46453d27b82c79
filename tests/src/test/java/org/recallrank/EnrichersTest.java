package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Rng;
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.TrainingSpec;

/** What holds for every enricher in the registry, in a model built from its name and settings. */
class EnrichersTest {
  private static final int STEPS = 8;

  /** Batches of more than one block of CIM, whose users have several rows. */
  private static final SmallRecallWorld WORLD =
      SmallRecallWorld.create(new SmallRecallWorld.Size(400, 300, 60, 8, 1200, 2), 1);

  private static final Map<String, Map<String, String>> SETTINGS =
      Map.of(
          "cim", Map.of("cim_score_units", "16,8", "cim_length", "long"),
          "frnet", Map.of("frnet_hidden_units", "16,8", "frnet_weight_type", "vector"),
          "none", Map.of(),
          "rar", Map.of("rar_look_alikes", "4", "rar_recall_items", "6"));

  /** What training left behind. */
  private record Outcome(CtrModel model, List<TrainStep.Report> reports) {}

  private static TrainingSpec spec(String enricher) {
    Map<String, String> settings = new HashMap<>(SETTINGS.get(enricher));
    settings.putAll(
        Map.of(
            "embedding_dim", "4",
            "parallel_dnn_hidden_units", "32",
            "num_cross_layers", "1",
            "embedding_std", "0.05"));
    return TrainingSpec.of("dcnv2", enricher, new Settings(settings));
  }

  private static Outcome train(Kernels kernels, String enricher, int steps) {
    CtrModel model = spec(enricher).build(WORLD.schema(), WORLD.recall());
    TrainStep step =
        new TrainStep(
            model,
            new Tape(kernels),
            new Adam(
                kernels,
                model.parameters().parameters(),
                new Regularizer(1e-3, 1e-4),
                0.01,
                10,
                Adam.Tables.DENSE));
    List<TrainStep.Report> reports = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      reports.add(step.run(WORLD.batches().get(i % 2), new Rng(1).split(i)));
    }
    return new Outcome(model, reports);
  }

  private static Stream<DynamicTest> ofEach(Consumer<String> check) {
    assertThat(Enrichers.names()).containsExactlyInAnyOrderElementsOf(SETTINGS.keySet());
    return Enrichers.names().stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> check.accept(name)));
  }

  @TestFactory
  Stream<DynamicTest> learnsTheSameBitsForAnyNumberOfThreads() {
    return ofEach(
        enricher -> {
          Outcome alone = null;
          for (int threads : new int[] {1, 2, 5}) {
            try (Workers workers = Workers.create(threads)) {
              Outcome found =
                  train(
                      AvailableBackends.create(AvailableBackends.names().get(0), workers),
                      enricher,
                      STEPS);
              alone = alone == null ? found : alone;
              assertThat(found.reports).as("%d threads", threads).isEqualTo(alone.reports);
              assertSameBits(found.model, alone.model);
            }
          }
          assertThat(alone.reports.get(STEPS - 1).click())
              .as("the click loss falls")
              .isLessThan(alone.reports.get(0).click() - 0.01);
        });
  }

  private static void assertSameBits(CtrModel found, CtrModel expected) {
    Map<String, StoredTensor> state = ModelState.of(found.parameters());
    ModelState.of(expected.parameters())
        .forEach(
            (name, tensor) -> {
              if (tensor.dtype() == StoredTensor.DType.F32) {
                assertThat(state.get(name).floats()).as(name).isEqualTo(tensor.floats());
              } else {
                assertThat(state.get(name).longs()).as(name).isEqualTo(tensor.longs());
              }
            });
  }

  /** With recall data as a saved model has it: without who was shown what. */
  @TestFactory
  Stream<DynamicTest> predictsTheSameAfterReloading() {
    RecallData all = WORLD.recall();
    RecallData saved = new RecallData(all.users(), all.items(), all.pools(), null, all.vectors());
    return ofEach(
        enricher -> {
          try (Workers workers = Workers.create(2)) {
            Kernels kernels = AvailableBackends.create(AvailableBackends.names().get(0), workers);
            CtrModel trained = train(kernels, enricher, 2).model;
            CtrModel loaded = spec(enricher).build(WORLD.schema(), saved);
            ModelState.load(loaded.parameters(), ModelState.of(trained.parameters()), "memory");
            assertThat(probabilities(loaded, kernels)).isEqualTo(probabilities(trained, kernels));
          }
        });
  }

  private static float[] probabilities(CtrModel model, Kernels kernels) {
    return new Scorer(model, kernels).predict(WORLD.batches().get(0)).toArray();
  }

  @TestFactory
  Stream<DynamicTest> itsWeightsAreRegularisedAsThoseOfANetwork() {
    return ofEach(
        enricher -> {
          CtrModel model = spec(enricher).build(WORLD.schema(), WORLD.recall());
          String prefix = enricher + ".";
          assertThat(model.parameters().parameters())
              .filteredOn(p -> p.name().startsWith(prefix))
              .hasSizeGreaterThan(enricher.equals("none") ? -1 : 5)
              .allSatisfy(p -> assertThat(p.group()).isEqualTo(Parameter.Group.NETWORK));
        });
  }

  @Test
  void anUnknownEnricherIsAnErrorThatNamesTheNearest() {
    assertThatThrownBy(() -> TrainingSpec.of("dcnv2", "frnte", Settings.defaults()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("frnte")
        .hasMessageContaining("frnet")
        .hasMessageContaining("cim, frnet, none, rar");
  }

  @Test
  void aSettingOfAnotherEnricherIsUnknown() {
    assertThatThrownBy(
            () -> TrainingSpec.of("dcnv2", "frnet", new Settings(Map.of("cim_length", "long"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("cim_length");
  }

  @Test
  void embeddingsStartWhereTheirEnricherNeedsThem() {
    assertThat(Enrichers.names().stream().map(Enrichers::embeddingStd))
        .containsExactly(0.02, 1e-4, 1e-4, 0.01); // cim, frnet, none, rar
    assertThat(TrainingSpec.of("dcnv2", "cim", Settings.defaults()).model().embedding().std())
        .isEqualTo(0.02);
  }
}
