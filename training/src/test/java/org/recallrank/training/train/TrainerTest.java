package org.recallrank.training.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.config.Settings;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.TestSource;

class TrainerTest {
  private static final int ROWS = 200;

  @TempDir private static Path folder;
  private static DatasetFolder data;
  private static Workers workers;
  private static Kernels kernels;

  /** Training row i has item i, whose table row is i + 1. Of the validation rows, 10 are clicks. */
  @BeforeAll
  static void encode() {
    TestSource source =
        new TestSource(
            new Columns(
                List.of(
                    Column.categorical("user", Field.Role.USER),
                    Column.categorical("item", Field.Role.ITEM)),
                0,
                1));
    for (int i = 0; i < ROWS; i++) {
      source.add(Split.TRAIN, i % 3 == 0 ? 1 : 0, "u" + i % 7, "i" + i);
    }
    for (int i = 0; i < 20; i++) {
      source.add(Split.VALID, i % 2, "u" + i % 7, "i" + i);
    }
    DatasetWriter.write(source, 1, folder.resolve("data"));
    data = DatasetFolder.open(folder.resolve("data"));
    workers = Workers.create(1);
    kernels = new KernelSelector().select("scalar", workers).kernels();
  }

  @AfterAll
  static void close() {
    data.close();
    workers.close();
  }

  private final Map<String, String> settings =
      new HashMap<>(Map.of("batch_size", "64", "learning_rate", "0.1"));
  private Dataset training = data.split(Split.TRAIN);
  private Dataset validation = data.split(Split.VALID);

  private static ScriptedModel scripted(double... aucs) {
    return new ScriptedModel(data.schema(), aucs);
  }

  private Trainer.Result fit(ScriptedModel scripted, TrainListener listener) {
    TrainConfig config = TrainConfig.from(new Settings(settings), 0.1);
    return new Trainer(scripted.model, config, kernels).fit(training, validation, listener);
  }

  /** Trains as many epochs as there are AUCs at most. */
  private ScriptedModel fit(double... aucs) {
    settings.put("epochs", Integer.toString(aucs.length));
    ScriptedModel scripted = scripted(aucs);
    fit(scripted, TrainListener.none());
    return scripted;
  }

  /** Keeps the state of a model after each epoch. */
  private static TrainListener keeping(ScriptedModel scripted, List<Map<String, String>> states) {
    return new TrainListener() {
      @Override
      public void epoch(EpochReport report) {
        states.add(scripted.state());
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"'0.5,0.8,0.6,0.7',2", "'0.5,0.6,0.7,0.8',4", "'0.8,0.5,0.3,0.2',1"})
  void theModelHoldsTheWeightsOfTheBestEpoch(String aucs, int best) {
    settings.put("epochs", "4");
    settings.put("early_stop_patience", "4");
    ScriptedModel scripted =
        scripted(Arrays.stream(aucs.split(",")).mapToDouble(Double::parseDouble).toArray());
    List<Map<String, String>> states = new ArrayList<>();
    Trainer.Result result = fit(scripted, keeping(scripted, states));
    assertThat(result.best().epoch()).isEqualTo(best);
    assertThat(states).hasSize(4);
    assertThat(scripted.state()).isEqualTo(states.get(best - 1));
    states.remove(best - 1);
    assertThat(states)
        .as("every tensor of the other epochs is another")
        .allSatisfy(
            other ->
                assertThat(other.entrySet())
                    .doesNotContainAnyElementsOf(scripted.state().entrySet()));
  }

  /** As good as the best is not better. */
  @Test
  void anEpochThatIsNotBetterLowersTheLearningRateAndCostsPatience() {
    settings.put("early_stop_patience", "2");
    Trainer.Result result = fit(scripted(0.5, 0.6, 0.4, 0.7, 0.7, 0.6, 0.9), TrainListener.none());
    assertThat(result.epochs()).extracting(EpochReport::epoch).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(result.epochs())
        .extracting(e -> e.valid().auc())
        .containsExactly(0.5, 0.6, 0.4, 0.7, 0.7, 0.6);
    assertThat(result.epochs())
        .extracting(EpochReport::best)
        .containsExactly(true, true, false, true, false, false);
    double[] rates = {0.1, 0.1, 0.1, 0.01, 0.01, 0.001};
    assertThat(result.epochs().stream().mapToDouble(EpochReport::learningRate).toArray())
        .containsExactly(rates, within(1e-9));
    assertThat(result.best()).isSameAs(result.epochs().get(3));
  }

  @ParameterizedTest
  @CsvSource({
    "1, '1'",
    "10, '10'",
    "95, '95'",
    "96, '64,32'",
    "128, '64,64'",
    "129, '64,65'",
    "159, '64,95'",
    "160, '64,64,32'"
  })
  void aLastBatchOfFewerThan32RowsIsJoinedToTheOneBefore(int rows, String sizes) {
    training = training.head(rows);
    List<Long> seen = new ArrayList<>();
    ScriptedModel scripted = scripted(0.5);
    settings.put("epochs", "1");
    fit(
        scripted,
        new TrainListener() {
          @Override
          public void step(int epoch, TrainStep.Report report, long done, long total) {
            assertThat(epoch).isEqualTo(1);
            assertThat(total).isEqualTo(rows);
            seen.add(done);
          }
        });
    int[] expected = Arrays.stream(sizes.split(",")).mapToInt(Integer::parseInt).toArray();
    assertThat(scripted.steps).extracting(step -> step.length).containsExactly(boxed(expected));
    Arrays.parallelPrefix(expected, Integer::sum);
    assertThat(seen.stream().mapToInt(Long::intValue).toArray()).isEqualTo(expected);
  }

  private static Integer[] boxed(int[] values) {
    return Arrays.stream(values).boxed().toArray(Integer[]::new);
  }

  /** The items of an epoch of 3 steps, in order. */
  private static int[] epoch(ScriptedModel scripted, int epoch) {
    return scripted.steps.subList(3 * epoch - 3, 3 * epoch).stream()
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  @Test
  void eachEpochVisitsEveryRowOnceInAnotherOrder() {
    ScriptedModel scripted = fit(0.5, 0.6, 0.7);
    int[] all = IntStream.rangeClosed(1, ROWS).toArray();
    Set<String> orders = new HashSet<>(Set.of(Arrays.toString(all)));
    for (int epoch = 1; epoch <= 3; epoch++) {
      int[] order = epoch(scripted, epoch);
      assertThat(order.clone()).containsExactlyInAnyOrder(all);
      assertThat(orders.add(Arrays.toString(order))).as("order of epoch %d", epoch).isTrue();
    }
  }

  @Test
  void everyStepHasRandomNumbersOfItsOwn() {
    assertThat(fit(0.5, 0.6).seeds).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void aSeedDecidesEverythingRandom() {
    ScriptedModel one = fit(0.5, 0.6);
    ScriptedModel same = fit(0.5, 0.6);
    settings.put("seed", "7");
    ScriptedModel other = fit(0.5, 0.6);
    assertThat(same.state()).isEqualTo(one.state());
    assertThat(same.seeds).isEqualTo(one.seeds);
    assertThat(epoch(same, 2)).isEqualTo(epoch(one, 2));
    assertThat(epoch(other, 1)).isNotEqualTo(epoch(one, 1));
    assertThat(other.seeds).doesNotContainAnyElementsOf(one.seeds);
  }

  @Test
  void whatIsDerivedFromTheWeightsIsMadeAnewBeforeAnEvaluation() {
    assertThat(fit(0.5, 0.6).calls)
        .containsExactly(
            "train",
            "train",
            "train",
            "refresh",
            "evaluate", //
            "train",
            "train",
            "train",
            "refresh",
            "evaluate");
  }

  @Test
  void validationRowsOfOneClassAreRefused() {
    validation = validation.head(1);
    ScriptedModel scripted = scripted(0.5);
    Map<String, String> before = scripted.state();
    assertThatThrownBy(() -> fit(scripted, TrainListener.none()))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "validation rows: expected both clicks and non-clicks, found one of them only, so there"
                + " is no AUC to stop by");
    assertThat(scripted.steps).hasSize(3);
    assertThat(scripted.state()).isEqualTo(before);
  }

  /** Three steps an epoch. */
  @Test
  void divergenceIsNamedAndTheBestWeightsAreLeft() {
    ScriptedModel scripted = scripted(0.5, 0.6);
    scripted.poisonedStep = 5;
    List<Map<String, String>> states = new ArrayList<>();
    assertThatThrownBy(() -> fit(scripted, keeping(scripted, states)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "epoch 2, step 5: the loss is NaN; first tensor that is not finite: fc.weight; try a"
                + " smaller learning_rate");
    assertThat(states).hasSize(1);
    assertThat(scripted.state()).isEqualTo(states.get(0));
  }

  @Test
  void divergenceInTheFirstEpochLeavesTheFirstWeights() {
    ScriptedModel scripted = scripted(0.5);
    Map<String, String> before = scripted.state();
    scripted.poisonedStep = 3;
    assertThatThrownBy(() -> fit(scripted, TrainListener.none()))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageStartingWith("epoch 1, step 3: the loss is NaN;");
    assertThat(scripted.state()).isEqualTo(before);
  }

  @Test
  void validationScoresThatAreNoNumbersAreDivergenceToo() {
    ScriptedModel scripted = scripted(0.5, Double.NaN);
    List<Map<String, String>> states = new ArrayList<>();
    assertThatThrownBy(() -> fit(scripted, keeping(scripted, states)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage(
            "epoch 2, validation: score 0 is NaN: has the model diverged? try a smaller"
                + " learning_rate");
    assertThat(scripted.state()).isEqualTo(states.get(0));
  }

  @Test
  void anEpochReportsTheMeansOfItsSteps() {
    List<TrainStep.Report> steps = new ArrayList<>();
    settings.put("epochs", "1");
    EpochReport epoch =
        fit(
                scripted(0.5),
                new TrainListener() {
                  @Override
                  public void step(int number, TrainStep.Report report, long rows, long total) {
                    steps.add(report);
                  }
                })
            .best();
    assertThat(steps).hasSize(3);
    assertThat(epoch.click()).isCloseTo(mean(steps, TrainStep.Report::click), within(1e-12));
    assertThat(epoch.auxiliary())
        .isCloseTo(mean(steps, TrainStep.Report::auxiliary), within(1e-12));
    assertThat(epoch.auxiliaryBaseline()).isEqualTo(1);
    assertThat(epoch.total()).isCloseTo(mean(steps, TrainStep.Report::total), within(1e-12));
    assertThat(epoch.total())
        .as("the regulariser is in the total")
        .isGreaterThan(epoch.click() + ScriptedModel.AUXILIARY_WEIGHT * epoch.auxiliary() + 1e-3);
    assertThat(epoch.rows()).isEqualTo(ROWS);
    assertThat(epoch.validation().rows()).isEqualTo(20);
  }

  private static double mean(List<TrainStep.Report> steps, ToDoubleFunction<TrainStep.Report> of) {
    return steps.stream().mapToDouble(of).average().orElseThrow();
  }

  @Test
  void everyUpdateRuleIsAnother() {
    Set<Map<String, String>> states = new HashSet<>();
    for (TrainConfig.OptimizerKind kind : TrainConfig.OptimizerKind.values()) {
      settings.put("optimizer", kind.name());
      assertThat(states.add(fit(0.5).state())).as("%s", kind).isTrue();
    }
  }

  /** The regulariser moves every row of a table, but of most optimizers only where a batch was. */
  @ParameterizedTest
  @CsvSource({"adam, true", "lazy_adam, false", "sgd, false", "adagrad, false"})
  void adamAloneMovesRowsThatNoBatchTouched(String optimizer, boolean moves) {
    settings.put("optimizer", optimizer);
    training = training.head(ROWS - 1);
    ScriptedModel scripted = scripted(0.5);
    float[] before = scripted.embeddings("item");
    settings.put("epochs", "1");
    fit(scripted, TrainListener.none());
    float[] after = scripted.embeddings("item");
    assertThat(after[2 * ROWS] != before[2 * ROWS]).as("item 200").isEqualTo(moves);
    assertThat(after[2 * ROWS - 2]).as("item 199").isNotEqualTo(before[2 * ROWS - 2]);
  }

  /** lambda / 2 * ||w||^2, of tables and of everything else. */
  @Test
  void eachRegulariserWeighsItsOwnParameters() {
    ScriptedModel scripted = scripted(0.5);
    double tables = scripted.squares(true);
    double others = scripted.squares(false);
    assertThat(tables).isNotCloseTo(others, within(0.1));
    assertThat(regularization("0", "0")).isCloseTo(0, within(1e-5));
    assertThat(regularization("3", "0")).isCloseTo(1.5 * tables, within(1e-5));
    assertThat(regularization("0", "3")).isCloseTo(1.5 * others, within(1e-5));
  }

  /** What the only step of a training adds to the loss of clicks and exposures. */
  private double regularization(String embedding, String net) {
    settings.put("embedding_regularizer", embedding);
    settings.put("net_regularizer", net);
    settings.put("epochs", "1");
    training = training.head(10);
    EpochReport epoch = fit(scripted(0.5), TrainListener.none()).best();
    return epoch.total() - epoch.click() - ScriptedModel.AUXILIARY_WEIGHT * epoch.auxiliary();
  }

  /** With SGD a step is as long as the learning rate times the norm of the clipped gradient. */
  @Test
  void gradientsAreClippedToTheGivenNorm() {
    settings.putAll(Map.of("optimizer", "sgd", "max_gradient_norm", "0.01", "epochs", "1"));
    training = training.head(10);
    ScriptedModel scripted = scripted(0.5);
    float[] before = scripted.weights();
    fit(scripted, TrainListener.none());
    float[] after = scripted.weights();
    double squares =
        IntStream.range(0, before.length)
            .mapToDouble(i -> Math.pow((double) after[i] - before[i], 2))
            .sum();
    assertThat(Math.sqrt(squares)).isCloseTo(0.1 * 0.01, within(1e-5));
  }
}
