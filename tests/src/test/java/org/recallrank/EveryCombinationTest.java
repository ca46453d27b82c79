package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.autograd.optim.Optimizer.Regularizer;
import org.recallrank.autograd.optim.Sgd;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
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
import org.recallrank.training.train.TrainStep;
import org.recallrank.training.train.TrainingSpec;

/** Any base model with any enricher: it learns, and its whole gradient is right. */
class EveryCombinationTest {
  private static final int STEPS = 50;
  private static final int BATCH = 256;

  /** Enrichers, with their variants, by a name for the reader. */
  private static final Map<String, List<String>> ENRICHERS =
      Map.ofEntries(
          Map.entry("raw", List.of("none")),
          Map.entry("FRNet bit", List.of("frnet", "frnet_weight_type=bit")),
          Map.entry("FRNet vector", List.of("frnet", "frnet_weight_type=vector")),
          Map.entry("CIM short", List.of("cim", "cim_length=short")),
          Map.entry("CIM long", List.of("cim", "cim_length=long")),
          Map.entry("RAR", List.of("rar", "rar_variant=rar")),
          Map.entry("RAR-user", List.of("rar", "rar_variant=user")),
          Map.entry("RAR-select", List.of("rar", "rar_variant=select")),
          Map.entry("RAR-aux-wght", List.of("rar", "rar_variant=aux_wght")),
          Map.entry("RAR-wght", List.of("rar", "rar_variant=wght")));

  private static final Map<String, String> SMALL_ENRICHER =
      Map.of(
          "frnet", "frnet_hidden_units=6 frnet_att_size=3 frnet_dropout=0",
          "cim", "cim_score_units=6,4 cim_heads=2",
          "rar", "rar_look_alikes=3 rar_recall_items=4 rar_hidden_units=5 rar_out_units=4",
          "none", "");

  private static final Map<String, String> SMALL_BASE =
      Map.of(
          "autoint", "dnn_hidden_units=8,6 attention_dim=4 num_heads=2",
          "dcn", "dnn_hidden_units=8,6 num_cross_layers=2",
          "dcnv2", "parallel_dnn_hidden_units=8,6 num_cross_layers=2",
          "deepfm", "hidden_units=8,6",
          "deepim", "hidden_units=8,6 im_order=3",
          "ipnn", "hidden_units=8,6",
          "widedeep", "hidden_units=8,6",
          "xdeepfm", "dnn_hidden_units=8,6 cin_hidden_units=5,3");

  @TempDir private static Path folder;

  private static Workers workers;
  private static DatasetFolder world;
  private static RecallData recall;

  /** 60 recall items per user, so that CIM short and long differ. */
  @BeforeAll
  static void generateTheWorld() {
    workers = Workers.create(2);
    DatasetWriter.write(
        new GeneratedWorld(GeneratedWorld.Config.ofRows(12_000, 1)), 1, folder.resolve("world"));
    world = DatasetFolder.open(folder.resolve("world"));
    RecallStage stage = new RecallStage(world.split(Split.TRAIN));
    Kernels kernels = kernels();
    Dssm.Config dssm = Dssm.Config.from(new Settings(Map.of("dssm_epochs", "2", "dssm_dim", "8")));
    RecallVectors vectors = stage.vectors(kernels, dssm, new Rng(1), loss -> {});
    recall =
        stage.nearest(
            kernels,
            vectors,
            stage.foldVectors(kernels, dssm, new Rng(2), 2),
            new PoolConfig(60, 20, 2));
  }

  @AfterAll
  static void close() {
    world.close();
    workers.close();
  }

  private static Kernels kernels() {
    return AvailableBackends.create(AvailableBackends.names().get(0), workers);
  }

  private static TrainingSpec spec(String base, List<String> enricher, String... more) {
    Map<String, String> settings = new HashMap<>();
    List<String> all = new ArrayList<>(enricher.subList(1, enricher.size()));
    all.addAll(List.of(SMALL_BASE.get(base).split(" ")));
    all.addAll(List.of(SMALL_ENRICHER.get(enricher.get(0)).split(" ")));
    all.addAll(List.of("embedding_dim=4", "net_dropout=0"));
    all.addAll(List.of(more));
    for (String setting : all) {
      if (!setting.isEmpty()) {
        settings.put(setting.split("=")[0], setting.split("=")[1]);
      }
    }
    return TrainingSpec.of(base, enricher.get(0), new Settings(settings));
  }

  private interface Check {
    void run(String base, List<String> enricher);
  }

  private static Stream<DynamicTest> ofEach(Check check) {
    assertThat(BaseModels.names()).hasSize(8).containsExactlyElementsOf(sorted(SMALL_BASE));
    return sorted(SMALL_BASE).stream()
        .flatMap(
            base ->
                sorted(ENRICHERS).stream()
                    .map(
                        name ->
                            DynamicTest.dynamicTest(
                                base + " with " + name,
                                () -> check.run(base, ENRICHERS.get(name)))));
  }

  private static List<String> sorted(Map<String, ?> map) {
    return map.keySet().stream().sorted().toList();
  }

  /** The mean click loss of the last ten of fifty steps is clearly below that of the first ten. */
  @TestFactory
  Stream<DynamicTest> learns() {
    return ofEach(
        (base, enricher) -> {
          Dataset training = world.split(Split.TRAIN);
          CtrModel model = spec(base, enricher, "embedding_std=0.05").build(world.schema(), recall);
          Kernels kernels = kernels();
          TrainStep step =
              new TrainStep(
                  model,
                  new Tape(kernels),
                  new Adam(
                      kernels,
                      model.parameters().parameters(),
                      Regularizer.NONE,
                      0.01,
                      10,
                      Adam.Tables.DENSE));
          BatchBuffer buffer = new BatchBuffer(world.schema(), BATCH);
          double first = 0;
          double last = 0;
          int batches = (int) (training.rows() / BATCH);
          for (int i = 0; i < STEPS; i++) {
            Batch batch = training.fill(buffer, (long) (i % batches) * BATCH, BATCH);
            double loss = step.run(batch, new Rng(1).split(i)).click();
            first += i < 10 ? loss / 10 : 0;
            last += i >= STEPS - 10 ? loss / 10 : 0;
          }
          assertThat(last).as("click loss, %s at first", first).isLessThan(first - 0.01);
        });
  }

  /**
   * The derivative of the joint loss along the gradient of each parameter, and along two random
   * directions, is what the gradient says.
   */
  @TestFactory
  Stream<DynamicTest> hasTheGradientOfItsLoss() {
    SmallRecallWorld tiny =
        SmallRecallWorld.create(new SmallRecallWorld.Size(9, 10, 6, 5, 7, 1), 5);
    return ofEach(
        (base, enricher) -> {
          List<String> flowing = new ArrayList<>(enricher);
          if (enricher.get(0).equals("rar")) {
            flowing.add("rar_stop_gradient=false"); // else it is not the gradient of the loss
          }
          CtrModel model =
              spec(base, flowing, "embedding_std=0.5").build(tiny.schema(), tiny.recall());
          new DirectionalCheck(model, tiny.batches().get(0)).run();
        });
  }

  private static final class DirectionalCheck {
    private final CtrModel model;
    private final Batch batch;

    /**
     * One unit in the last place of a loss near 1, which the formula for a slope takes fourfold.
     */
    private static final double ROUNDING = 4e-7;

    private static final double[] STEPS_ASIDE = {
      1.0 / 64, -1.0 / 64, 1.0 / 256, -1.0 / 256, 1.0 / 1024, -1.0 / 1024
    };

    private final Tape tape = new Tape(AvailableBackends.create("scalar", workers));

    DirectionalCheck(CtrModel model, Batch batch) {
      this.model = model;
      this.batch = batch;
      for (Parameter p : model.parameters().parameters()) { // away from constant starts
        Rng rng = new Rng(3).split(p.name());
        for (int i = p.isTable() ? p.value().cols() : 0; i < p.value().size(); i++) {
          p.value().set(i, p.value().get(i) + (float) (0.1 * rng.nextGaussian()));
        }
      }
    }

    void run() {
      Optimizer optimizer =
          new Sgd(tape.kernels(), model.parameters().parameters(), Regularizer.NONE, 1, 10);
      new TrainStep(model, tape, optimizer).differentiate(batch, new Rng(1));
      Map<Parameter, float[]> gradients = new HashMap<>();
      for (Parameter p : model.parameters().parameters()) {
        gradients.put(p, optimizer.totalGradient(p));
      }
      int checked = 0;
      for (Parameter p : model.parameters().parameters()) {
        float[] gradient = gradients.get(p);
        double norm = Math.sqrt(dot(gradient, gradient));
        if (norm < 1e-3) { // below the rounding of a loss in float
          continue;
        }
        checked++;
        check(p, gradient, gradient);
        for (int seed = 0; seed < 2; seed++) {
          check(p, gradient, random(p, seed));
        }
      }
      assertThat(checked)
          .as("parameters with a gradient")
          .isGreaterThan(model.parameters().parameters().size() * 3 / 4);
    }

    private static float[] random(Parameter p, int seed) {
      Rng rng = new Rng(seed).split(p.name());
      float[] direction = new float[p.value().size()];
      for (int i = p.isTable() ? p.value().cols() : 0; i < direction.length; i++) {
        direction[i] = (float) rng.nextGaussian();
      }
      return direction;
    }

    /**
     * A large step may cross the kink of a ReLU, a small one drowns in rounding: one of three has
     * to agree.
     */
    private void check(Parameter p, float[] gradient, float[] direction) {
      double length = Math.sqrt(dot(direction, direction));
      double expected = dot(gradient, direction) / length;
      double typical = Math.sqrt(dot(gradient, gradient) / gradient.length);
      double limit = 0.02 * Math.max(typical, Math.abs(expected));
      List<Double> found = new ArrayList<>();
      double here = along(p, direction, 0);
      for (double h : STEPS_ASIDE) {
        double step = h / length;
        double slope =
            (4 * along(p, direction, step) - along(p, direction, 2 * step) - 3 * here) / (2 * h);
        found.add(slope);
        if (Math.abs(slope - expected) <= limit + ROUNDING / Math.abs(h)) {
          return;
        }
      }
      assertThat(found).as("derivative of the loss in %s", p).containsExactly(expected);
    }

    private double along(Parameter p, float[] direction, double step) {
      Tensor value = p.value();
      float[] before = value.toArray();
      for (int i = 0; i < direction.length; i++) {
        value.set(i, (float) (before[i] + step * direction[i]));
      }
      double loss = loss();
      value.copyFrom(before);
      return loss;
    }

    /** The joint loss, its click part in double. */
    private double loss() {
      tape.startTraining(new Rng(1));
      CtrModel.Forward forward = model.forward(tape, batch);
      double click = 0;
      for (int b = 0; b < batch.size(); b++) {
        double z = forward.logits().value().get(b);
        click += Math.log1p(Math.exp(-z)) + (1 - batch.labels()[b]) * z;
      }
      Variable auxiliary = forward.enriched().auxiliaryLoss();
      return click / batch.size()
          + (auxiliary == null
              ? 0
              : forward.enriched().auxiliaryWeight() * auxiliary.value().get(0));
    }

    private static double dot(float[] a, float[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += (double) a[i] * b[i];
      }
      return sum;
    }
  }
}
