package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.training.metrics.Metrics;

/** AUC, gAUC and log loss against numbers computed elsewhere. */
class GoldenMetricsTest {
  private static final double TOLERANCE = 1e-12;

  @TestFactory
  List<DynamicTest> auc() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenFolder.open().cases("blocks", "auc")) {
      for (JsonElement element : GoldenFolder.json(folder, "cases.json").getAsJsonArray("cases")) {
        JsonObject golden = element.getAsJsonObject();
        tests.add(DynamicTest.dynamicTest(golden.get("name").getAsString(), () -> compare(golden)));
      }
    }
    return tests;
  }

  private static void compare(JsonObject golden) {
    Metrics metrics =
        Metrics.of(
            floats(golden.getAsJsonArray("labels")),
            floats(golden.getAsJsonArray("scores")),
            ints(golden.getAsJsonArray("user_ids")));
    JsonObject expected = golden.getAsJsonObject("expected");
    assertClose("auc", metrics.auc(), expected.get("auc"));
    assertClose("gauc", metrics.gauc(), expected.get("gauc"));
    assertClose("logloss", metrics.logloss(), expected.get("logloss_eps_1e_7"));
    assertThat(metrics.gaucGroups()).isEqualTo(expected.get("gauc_users").getAsLong());
    assertThat(metrics.gaucRows()).isEqualTo(expected.get("gauc_samples").getAsLong());
  }

  /** A null in the golden file stands for an undefined value. */
  private static void assertClose(String name, double found, JsonElement expected) {
    if (expected.isJsonNull()) {
      assertThat(found).as(name).isNaN();
    } else {
      assertThat(found).as(name).isCloseTo(expected.getAsDouble(), within(TOLERANCE));
    }
  }

  private static float[] floats(JsonArray values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values.get(i).getAsDouble();
    }
    return floats;
  }

  private static int[] ints(JsonArray values) {
    int[] ints = new int[values.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = values.get(i).getAsInt();
    }
    return ints;
  }
}
