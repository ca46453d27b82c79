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
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.kernels.Workers;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enricher.Enriched;
import org.recallrank.model.enrich.Rar;
import org.recallrank.model.enrich.RarConfig;
import org.recallrank.model.enrich.RarConfig.HashSource;
import org.recallrank.model.enrich.RarConfig.Pooling;
import org.recallrank.model.enrich.RarConfig.Variant;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;
import org.recallrank.training.train.RefreshSchedule;

/** RAR as an enricher, against the paper's equations by brute force. */
class RarTest {
  private static final int DIM = 3;
  private static final SmallRecallWorld.Size SIZE = new SmallRecallWorld.Size(25, 40, 12, 9, 16, 2);

  private final SmallRecallWorld world = SmallRecallWorld.create(SIZE, 1);

  private static RarConfig config(
      HashSource source, Form form, int refresh, double alpha, ExposureLoss reading) {
    return new RarConfig(
        Variant.RAR,
        4,
        5,
        64,
        form,
        source,
        refresh,
        List.of(6),
        false,
        4,
        alpha,
        reading,
        Pooling.SUM,
        false);
  }

  private static RarConfig config(Variant variant, int kl, int kr) {
    return new RarConfig(
        variant,
        kl,
        kr,
        64,
        Form.PAPER_VOTE,
        HashSource.RECALL,
        50,
        List.of(6),
        false,
        4,
        0.3,
        ExposureLoss.MATRIX,
        Pooling.SCALED,
        false);
  }

  private static RarConfig config(HashSource source, int refresh) {
    return config(source, Form.PAPER_VOTE, refresh, 0.5, ExposureLoss.ITEM_WEIGHT);
  }

  /** RAR on an embedding layer, without a model behind. */
  private final class Stage {
    final ParameterSet set = new ParameterSet(new Rng(2));
    final FeatureEmbedding embedding =
        FeatureEmbedding.ofFields(set, world.schema().fields(), DIM, 0.5);
    final RarConfig config;
    final Rar rar;
    final RefreshSchedule schedule;
    final Tape tape;

    Stage(Kernels kernels, RarConfig config) {
      this.config = config;
      rar = new Rar(set, embedding, world.recall(), config);
      schedule = new RefreshSchedule(rar);
      tape = new Tape(kernels);
    }

    Enriched apply(Batch batch, boolean training) {
      if (training) {
        schedule.beforeStep(tape.kernels());
        tape.startTraining(new Rng(1));
      } else {
        tape.startEvaluation();
      }
      return rar.apply(batch, embedding.apply(tape, batch.rows()));
    }

    RarOracle.Result oracle(Batch batch, boolean training, Map<String, float[]> hashed) {
      return new RarOracle(world, config, DIM, RarOracle.snapshot(set), hashed)
          .apply(batch, training);
    }

    /** Other embeddings, by which the selection is another. */
    void change(long seed) {
      for (Parameter p : set.parameters()) {
        if (p.isTable()) {
          Rng rng = new Rng(seed).split(p.name());
          for (int i = DIM; i < p.value().size(); i++) {
            p.value().set(i, (float) (0.5 * rng.nextGaussian()));
          }
          p.touch();
        }
      }
    }

    void check(String what, Batch batch, boolean training, Map<String, float[]> hashed) {
      Enriched enriched = apply(batch, training);
      Variable e = enriched.embeddings();
      assertThat(e.shape().toArray()).as(what).containsExactly(batch.size(), 11, DIM);
      RarOracle.Result expected = oracle(batch, training, hashed);
      for (int i = 0; i < expected.embeddings().length; i++) {
        assertThat((double) e.value().get(i))
            .as("%s, E'[%d]", what, i)
            .isCloseTo(expected.embeddings()[i], within(2e-6));
      }
      if (training && config.alpha() < 1 && config.variant() != Variant.AUX_WGHT) {
        assertThat((double) enriched.auxiliaryLoss().value().get(0))
            .as("%s, L_ep", what)
            .isCloseTo(expected.exposureLoss(), within(2e-6));
        double p = expected.exposed();
        assertThat(p).as("share of labels 1").isBetween(0.01, 0.99);
        assertThat(enriched.auxiliaryBaseline())
            .as("%s, entropy of the labels", what)
            .isCloseTo(-p * Math.log(p) - (1 - p) * Math.log(1 - p), within(1e-9));
        assertThat(enriched.auxiliaryWeight()).isEqualTo((1 - config.alpha()) / config.alpha());
      } else {
        assertThat(enriched.auxiliaryLoss()).as(what).isNull();
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> enrichesAsThePaperSays() {
    return AvailableBackends.each(
        "E' and L_ep",
        kernels -> {
          for (HashSource source : HashSource.values()) {
            for (Form form : Form.values()) {
              for (ExposureLoss reading : ExposureLoss.values()) {
                Stage stage = new Stage(kernels, config(source, form, 50, 0.3, reading));
                Map<String, float[]> hashed = RarOracle.snapshot(stage.set);
                String what = source + " " + form + " " + reading;
                stage.check(what, world.batches().get(0), true, hashed);
                stage.check(what, world.batches().get(1), true, hashed);
                stage.check(what, world.batches().get(0), false, hashed);
              }
            }
          }
        });
  }

  /** The ablations of Table 3, and a selection of the whole pool. */
  @TestFactory
  Stream<DynamicTest> variantsAsThePaperSays() {
    return AvailableBackends.each(
        "variants",
        kernels -> {
          for (Variant variant : Variant.values()) {
            for (int kr : new int[] {5, 12}) {
              Stage stage = new Stage(kernels, config(variant, 4, kr));
              Map<String, float[]> hashed = RarOracle.snapshot(stage.set);
              stage.check(variant + " " + kr, world.batches().get(0), true, hashed);
              stage.check(variant + " " + kr, world.batches().get(1), false, hashed);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> withoutExposureLossIfTheClickLossHasAllTheWeight() {
    return AvailableBackends.each(
        "alpha 1",
        kernels -> {
          Stage stage =
              new Stage(
                  kernels, config(HashSource.RECALL, Form.PAPER_VOTE, 50, 1, ExposureLoss.MATRIX));
          stage.check("alpha 1", world.batches().get(0), true, RarOracle.snapshot(stage.set));
        });
  }

  /** Signatures of the model's own embeddings, renewed every three training steps. */
  @TestFactory
  Stream<DynamicTest> signaturesAreRenewedOnSchedule() {
    return AvailableBackends.each(
        "schedule",
        kernels -> {
          Stage stage = new Stage(kernels, config(HashSource.MODEL, 3));
          Batch batch = world.batches().get(0);
          Map<String, float[]> first = RarOracle.snapshot(stage.set);
          stage.check("first step", batch, true, first);
          stage.change(5);
          Map<String, float[]> second = RarOracle.snapshot(stage.set);
          assertThat(stage.oracle(batch, true, second).items())
              .as("the change must show")
              .isNotEqualTo(stage.oracle(batch, true, first).items());
          stage.check("second step", batch, true, first);
          stage.check("an evaluation in between", batch, false, first);
          stage.check("third step", batch, true, first);
          stage.check("fourth step", batch, true, second);
          stage.change(6);
          stage.check("fifth step", batch, true, second);
          stage.rar.refresh(kernels);
          Map<String, float[]> third = RarOracle.snapshot(stage.set);
          assertThat(stage.oracle(batch, true, third).users())
              .isNotEqualTo(stage.oracle(batch, true, second).users());
          stage.check("an evaluation after refresh()", batch, false, third);
          stage.check("step after refresh()", batch, true, third);
        });
  }

  /** Frozen vectors: one selection whatever the embeddings do. */
  @TestFactory
  Stream<DynamicTest> signaturesOfTheRecallModelStay() {
    return AvailableBackends.each(
        "frozen",
        kernels -> {
          Stage stage = new Stage(kernels, config(HashSource.RECALL, 1));
          Batch batch = world.batches().get(0);
          Map<String, float[]> hashed = RarOracle.snapshot(stage.set);
          stage.check("before", batch, true, hashed);
          stage.change(5);
          stage.rar.refresh(kernels);
          stage.check("after", batch, true, hashed);
        });
  }

  @Test
  void aSelectionLargerThanThePoolIsAnError() {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = AvailableBackends.create("scalar", workers);
      RarConfig tooManyItems = config(Variant.RAR, 4, 13);
      assertThatThrownBy(() -> new Stage(kernels, tooManyItems))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("rar_recall_items")
          .hasMessageContaining("at most the 12")
          .hasMessageContaining("found 13");
      RarConfig tooManyUsers = config(Variant.RAR, 10, 5);
      assertThatThrownBy(() -> new Stage(kernels, tooManyUsers))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("rar_look_alikes")
          .hasMessageContaining("at most the 9")
          .hasMessageContaining("found 10");
    }
  }

  @Test
  void frozenVectorsThatAreNotThereAreAnError() {
    RecallData with = world.recall();
    RecallData without =
        new RecallData(with.users(), with.items(), with.pools(), with.exposures(), null);
    ParameterSet set = new ParameterSet(new Rng(2));
    FeatureEmbedding embedding = FeatureEmbedding.ofFields(set, world.schema().fields(), DIM, 0.5);
    assertThatThrownBy(() -> new Rar(set, embedding, without, config(HashSource.RECALL, 50)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rar_hash_source")
        .hasMessageContaining("no vectors");
  }
}
