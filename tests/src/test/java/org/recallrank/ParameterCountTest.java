package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.model.CtrModel;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;

/**
 * With the hyper-parameters of the BARS benchmark each model has as many parameters as the logs of
 * its FuxiCTR runs say.
 *
 * <p>Those runs were made with FuxiCTR 1.0 to 1.2, whose tables have one row less than ours for the
 * same data; so the sum of the rows is given here. Where the models differ otherwise, the row says
 * by how many parameters and why.
 */
class ParameterCountTest {
  /** A data set: fields, rows of all tables together, d. */
  private enum Data {
    MOVIELENS_LATEST_X1(3, 90_239, 10),
    KKBOX_X1(13, 92_247, 128);

    private final int fields;
    private final int vocabulary;
    private final int dim;

    Data(int fields, int vocabulary, int dim) {
      this.fields = fields;
      this.vocabulary = vocabulary;
      this.dim = dim;
    }

    Schema schema() {
      List<Field> columns = new ArrayList<>();
      int rows = 7; // of every table but the first, which has the rest
      for (int f = 0; f < fields; f++) {
        int size = f == 0 ? vocabulary - (fields - 1) * rows : rows;
        columns.add(Field.categorical("f" + f, Field.Role.CONTEXT, size));
      }
      return new Schema(columns, -1, -1);
    }
  }

  /**
   * A logged run.
   *
   * @param more what we have and the version that was run had not, or, negative, the reverse
   */
  private record Run(
      String model, Data data, long logged, long more, Map<String, String> settings) {}

  private static final Data ML = Data.MOVIELENS_LATEST_X1;
  private static final Data KK = Data.KKBOX_X1;

  /** FuxiCTR 2 gives the linear part of DeepFM a bias. */
  private static final long DEEPFM_BIAS = 1;

  /**
   * FuxiCTR 1.0 creates W_res [128, 256] of the first layer even where no residual is asked for.
   */
  private static final long AUTOINT_UNUSED = -128 * 256;

  private static final List<Run> RUNS =
      List.of(
          new Run("IPNN", ML, 1_237_191, 0, Map.of("batch_norm", "false")),
          new Run("Wide&Deep", ML, 1_328_630, 0, Map.of()),
          new Run("DeepFM", ML, 1_328_630, DEEPFM_BIAS, Map.of()),
          new Run("DCN", ML, 1_238_661, 0, Map.of("num_cross_layers", "4")),
          new Run(
              "xDeepFM",
              ML,
              1_351_767,
              0,
              Map.of("cin_hidden_units", "[64, 64, 64]", "batch_norm", "false")),
          new Run(
              "AutoInt+",
              ML,
              1_383_799,
              0,
              Map.of(
                  "attention_layers",
                  "2",
                  "attention_dim",
                  "128",
                  "num_heads",
                  "4",
                  "layer_norm",
                  "true",
                  "use_scale",
                  "true",
                  "use_residual",
                  "true",
                  "use_wide",
                  "true",
                  "batch_norm",
                  "true")),
          new Run("DeepIM", ML, 1_238_542, 0, Map.of("im_order", "5", "im_batch_norm", "true")),
          new Run("DCN-V2", ML, 1_243_071, 0, Map.of("num_cross_layers", "5")),
          new Run("IPNN", KK, 19_297_617, 0, Map.of("hidden_units", "[2000, 2000]")),
          new Run(
              "Wide&Deep",
              KK,
              15_567_864,
              0,
              Map.of("hidden_units", "[1000, 1000, 1000]", "batch_norm", "false")),
          new Run(
              "DCN",
              KK,
              45_157_593,
              0,
              Map.of(
                  "dnn_hidden_units",
                  "[5000, 5000]",
                  "num_cross_layers",
                  "4",
                  "batch_norm",
                  "false")),
          new Run(
              "xDeepFM",
              KK,
              45_240_961,
              0,
              Map.of(
                  "dnn_hidden_units",
                  "[5000, 5000]",
                  "cin_hidden_units",
                  "[16, 16]",
                  "batch_norm",
                  "false")),
          new Run(
              "AutoInt+",
              KK,
              45_959_089,
              AUTOINT_UNUSED,
              Map.of(
                  "dnn_hidden_units",
                  "[5000, 5000]",
                  "attention_layers",
                  "4",
                  "attention_dim",
                  "256",
                  "num_heads",
                  "1",
                  "layer_norm",
                  "false",
                  "use_residual",
                  "false",
                  "use_wide",
                  "true",
                  "batch_norm",
                  "false")));

  @TestFactory
  Stream<DynamicTest> asManyAsLogged() {
    return RUNS.stream()
        .map(run -> DynamicTest.dynamicTest(run.model + " on " + run.data, () -> check(run)));
  }

  private static void check(Run run) {
    Map<String, String> settings = new LinkedHashMap<>(run.settings);
    settings.put("embedding_dim", Integer.toString(run.data.dim));
    CtrModel model =
        ModelSpec.of(run.model, "none", new Settings(settings)).blank(run.data.schema(), null);
    assertThat(model.parameters().trainableCount()).isEqualTo(run.logged + run.more);
  }
}
