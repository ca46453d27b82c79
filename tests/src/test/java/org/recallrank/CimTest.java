package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Cim;
import org.recallrank.model.enrich.CimConfig;
import org.recallrank.model.enrich.CimConfig.Length;
import org.recallrank.model.enrich.Enricher.Enriched;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;

/** CIM as an enricher: what it shares between rows changes nothing. */
class CimTest {
  private static final int DIM = 4;
  private static final int WIDTH = 3 * DIM;
  private static final SmallRecallWorld WORLD =
      SmallRecallWorld.create(new SmallRecallWorld.Size(25, 70, 60, 9, 16, 2), 1);

  /** CIM on an embedding layer, without a model behind. */
  private static final class Stage {
    final SmallRecallWorld world;
    final CimConfig config;
    final ParameterSet set = new ParameterSet(new Rng(2));
    final FeatureEmbedding embedding;
    final Cim cim;
    final Tape tape;

    Stage(Kernels kernels, SmallRecallWorld world, RecallData recall, CimConfig config) {
      this.world = world;
      this.config = config;
      embedding = FeatureEmbedding.ofFields(set, world.schema().fields(), DIM, 0.5);
      cim = new Cim(set, world.schema(), embedding, recall, config);
      tape = new Tape(kernels);
      // Biases and norms start as constants, which would hide one that is left out.
      for (Parameter p : set.parameters()) {
        if (p.name().startsWith("cim.") && p.value().shape().rank() == 1) {
          Rng rng = new Rng(3).split(p.name());
          for (int i = 0; i < p.value().size(); i++) {
            p.value().set(i, p.value().get(i) + (float) (0.3 * rng.nextGaussian()));
          }
        }
      }
    }

    Enriched apply(Batch batch, boolean training) {
      if (training) {
        tape.startTraining(new Rng(1));
      } else {
        tape.startEvaluation();
      }
      return cim.apply(batch, embedding.apply(tape, batch.rows()));
    }

    void check(Batch batch, boolean training, int length, int heads) {
      Enriched enriched = apply(batch, training);
      Variable e = enriched.embeddings();
      assertThat(e.shape().toArray()).containsExactly(batch.size(), 6 + 3, DIM);
      CimOracle.Result expected =
          new CimOracle(world, length, heads, DIM, RarOracle.snapshot(set)).apply(batch, training);
      for (int i = 0; i < expected.embeddings().length; i++) {
        assertThat((double) e.value().get(i))
            .as("E'[%d]", i)
            .isCloseTo(expected.embeddings()[i], within(1e-5));
      }
      if (!training) {
        assertThat(enriched.auxiliaryLoss()).isNull();
        return;
      }
      assertThat((double) enriched.auxiliaryLoss().value().get(0))
          .as("L_aux")
          .isCloseTo(expected.loss(), within(2e-6));
      double p = expected.exposed();
      assertThat(p).as("share of labels 1").isBetween(0.005, 0.99);
      assertThat(enriched.auxiliaryBaseline())
          .isCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), within(1e-9));
      assertThat(enriched.auxiliaryWeight()).isEqualTo(config.lossWeight());
    }
  }

  private static CimConfig config(Length length, int heads) {
    return new CimConfig(length, heads, List.of(24, 10), 0.7);
  }

  @TestFactory
  Stream<DynamicTest> agreesWithARowByRowComputation() {
    return AvailableBackends.each(
        "E' and L_aux",
        kernels -> {
          for (Length length : Length.values()) {
            Stage stage = new Stage(kernels, WORLD, WORLD.recall(), config(length, 4));
            int candidates = length == Length.SHORT ? 50 : 60;
            stage.check(WORLD.batches().get(0), true, candidates, 4);
            stage.check(WORLD.batches().get(1), true, candidates, 4);
            stage.check(WORLD.batches().get(0), false, candidates, 4);
          }
        });
  }

  /** More rows than one block, and users whose rows end up in two of them. */
  @TestFactory
  Stream<DynamicTest> agreesOverSeveralBlocksOfRows() {
    SmallRecallWorld many =
        SmallRecallWorld.create(new SmallRecallWorld.Size(40, 70, 60, 9, 1000, 1), 2);
    return AvailableBackends.each(
        "a large batch",
        kernels -> {
          Stage stage = new Stage(kernels, many, many.recall(), config(Length.LONG, 2));
          stage.check(many.batches().get(0), true, 60, 2);
        });
  }

  @Test
  void takesAsManyHeadsAsDivideAnItem() {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = AvailableBackends.create("scalar", workers);
      int[] most = {1, 2, 3, 4, 5, 7, 11, 12, 100};
      int[] taken = {1, 2, 3, 4, 4, 6, 6, 12, 12};
      for (int i = 0; i < most.length; i++) {
        new Stage(kernels, WORLD, WORLD.recall(), config(Length.LONG, most[i]))
            .check(WORLD.batches().get(0), true, 60, taken[i]);
      }
    }
    assertThat(WIDTH).isEqualTo(12);
  }

  @Test
  void withoutItsLossThereAreNoLabels() {
    try (Workers workers = Workers.create(1)) {
      CimConfig config = new CimConfig(Length.SHORT, 4, List.of(8, 4), 0);
      RecallData saved = withoutExposures();
      Stage stage = new Stage(AvailableBackends.create("scalar", workers), WORLD, saved, config);
      assertThat(stage.apply(WORLD.batches().get(0), true).auxiliaryLoss()).isNull();
    }
  }

  @Test
  void evaluatesWithoutExposuresButDoesNotTrain() {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = AvailableBackends.create("scalar", workers);
      Stage stage = new Stage(kernels, WORLD, withoutExposures(), config(Length.SHORT, 4));
      stage.check(WORLD.batches().get(0), false, 50, 4);
      assertThatThrownBy(() -> stage.apply(WORLD.batches().get(0), true))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("who was shown what");
    }
  }

  private static RecallData withoutExposures() {
    RecallData all = WORLD.recall();
    return new RecallData(all.users(), all.items(), all.pools(), null, null);
  }

  @Test
  void aScoreOfOtherThanTwoHiddenLayersIsAnError() {
    assertThatThrownBy(() -> CimConfig.from(new Settings(Map.of("cim_score_units", "256"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("cim_score_units")
        .hasMessageContaining("[256]");
  }
}
