package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.MultiplyAdd;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.fused.CoInteraction;
import org.recallrank.autograd.ops.fused.CoInteraction.ExposureLoss;
import org.recallrank.autograd.ops.fused.CoInteraction.Selected;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * RAR's co-interaction with its two MLPs: all outputs, and the gradients of sum(v_enr * R) + L_ep
 * in both readings of L_ep.
 */
class GoldenCoInteractionTest {
  private static final double VALUES = 5e-6;
  private static final double GRADIENTS = 1e-5;

  @TestFactory
  Stream<DynamicTest> cases() throws Exception {
    List<Path> folders = GoldenFolder.open().cases("blocks", "cointeraction");
    return folders.stream()
        .flatMap(
            folder ->
                AvailableBackends.each(
                    folder.getFileName().toString(),
                    kernels -> {
                      check(folder, kernels, ExposureLoss.MATRIX, "A");
                      check(folder, kernels, ExposureLoss.ITEM_WEIGHT, "B");
                    }));
  }

  private static void check(Path folder, Kernels kernels, ExposureLoss reading, String letter)
      throws Exception {
    JsonObject config = GoldenFolder.json(folder, "config.json");
    int batch = config.get("batch").getAsInt();
    int kl = config.get("k_l").getAsInt();
    int kr = config.get("k_r").getAsInt();
    int d = config.get("d").getAsInt();
    int out = config.get("out").getAsInt();
    List<Integer> hidden = List.of(config.get("hidden").getAsInt());
    SafeTensors data = SafeTensors.read(folder.resolve("data.safetensors"));
    SafeTensors expected = SafeTensors.read(folder.resolve("expected.safetensors"));

    ParameterSet set = new ParameterSet(new Rng(1));
    Mlp userMlp = new Mlp(set, "mlp_user", d, hidden, false, 0, out);
    Mlp itemMlp = new Mlp(set, "mlp_item", d, hidden, false, 0, out);
    set.dense("E_L", Parameter.Group.NETWORK, Init.constant(0), batch * kl, d);
    set.dense("E_R", Parameter.Group.NETWORK, Init.constant(0), batch * kr, d);
    for (Parameter p : set.parameters()) {
      p.value().copyFrom(data.tensor(p.name()).floats());
    }

    Tape tape = new Tape(kernels);
    tape.startTraining(new Rng(1));
    Variable users = tape.parameter(set.get("E_L"));
    Variable items = tape.parameter(set.get("E_R"));
    Variable hiddenUsers = userMlp.apply(users);
    Variable hiddenItems = itemMlp.apply(items);
    CoInteraction.Result result =
        CoInteraction.apply(
            new Selected(hiddenUsers, users, first(batch * kl), kl),
            new Selected(hiddenItems, items, first(batch * kr), kr),
            data.tensor("y_ep").floats(),
            reading);
    Variable weighted =
        MultiplyAdd.apply(
            null,
            result.enriched(),
            tape.constant(Tensor.wrap(data.tensor("R").floats(), batch, 2 * d)));
    Variable loss =
        Add.apply(RowSum.apply(weighted.reshape(1, batch * 2 * d)), result.exposureLoss());

    check(expected, "H_L", hiddenUsers.value().toArray(), VALUES);
    check(expected, "H_R", hiddenItems.value().toArray(), VALUES);
    check(expected, "M_M", result.matching().toArray(), VALUES);
    check(expected, "w_i", result.itemWeights().toArray(), VALUES);
    check(expected, "v_enr", result.enriched().value().toArray(), VALUES);
    check(expected, letter + ".aux", result.exposureLoss().value().toArray(), VALUES);
    check(expected, letter + ".loss", loss.value().toArray(), VALUES);

    tape.backward(loss);
    for (Parameter p : set.parameters()) {
      check(expected, letter + ".grad." + p.name(), p.gradient().toArray(), GRADIENTS);
    }
  }

  private static Ids first(int n) {
    return Ids.of(IntStream.range(0, n).toArray());
  }

  /** |got - expected| / max(1, max |expected|) is at most the limit. */
  private static void check(SafeTensors expected, String key, float[] got, double limit) {
    StoredTensor tensor = expected.tensor(key);
    float[] want = tensor.floats();
    assertThat(got).as(key).hasSameSizeAs(want);
    double scale = 1;
    for (float w : want) {
      scale = Math.max(scale, Math.abs(w));
    }
    for (int i = 0; i < want.length; i++) {
      assertThat(Math.abs((double) got[i] - want[i]) / scale)
          .as(
              "%s[%d] of %s: expected %s, found %s",
              key, i, Arrays.toString(tensor.shape()), want[i], got[i])
          .isLessThanOrEqualTo(limit);
    }
  }
}
