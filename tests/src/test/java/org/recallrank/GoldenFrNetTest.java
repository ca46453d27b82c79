package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.MultiplyAdd;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.Scale;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.enrich.FrNet;
import org.recallrank.model.enrich.FrNetConfig;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * Same weights and inputs give the outputs, gates, gradients (that of the input too) and weights
 * after five steps of the authors' FRNetLayer, on every backend that works here.
 */
class GoldenFrNetTest {
  private static final double VALUES = 5e-6;
  private static final double GRADIENTS = 1e-5;
  private static final double AFTER_STEPS = 2e-5;
  private static final double RUNNING_STATISTICS = 1e-5;

  @TestFactory
  Stream<DynamicTest> cases() throws Exception {
    return GoldenFolder.open().cases("frnet", "").stream()
        .flatMap(
            folder ->
                AvailableBackends.each(
                    folder.getFileName().toString(),
                    kernels -> {
                      Case golden = Case.read(folder);
                      golden.checkForward(kernels);
                      golden.checkSteps(kernels);
                    }));
  }

  /** What a case's folder holds. */
  private record Case(
      JsonObject config, SafeTensors batches, SafeTensors weights, SafeTensors expected) {

    static Case read(Path folder) throws Exception {
      return new Case(
          GoldenFolder.json(folder, "config.json"),
          SafeTensors.read(folder.resolve("batches.safetensors")),
          SafeTensors.read(folder.resolve("weights.safetensors")),
          SafeTensors.read(folder.resolve("expected.safetensors")));
    }

    int integer(String key) {
      return config.get(key).getAsInt();
    }

    void checkForward(Kernels kernels) {
      Stage stage = new Stage(this, kernels);
      stage.tape.startEvaluation();
      check("eval", stage.frnet.refine(stage.input(0, false)), VALUES);

      stage = new Stage(this, kernels);
      stage.tape.startTraining(new Rng(0));
      Variable x = stage.input(0, true);
      FrNet.Refined refined = stage.frnet.refine(x);
      Variable loss = stage.loss(refined, 0);
      stage.tape.backward(loss);
      check("train", refined, VALUES);
      float[] gradient = x.gradient().toArray();
      check("grad.x", gradient, GRADIENTS);
      for (Parameter p : stage.set.parameters()) {
        check("grad." + p.name(), stage.optimizer.totalGradient(p), GRADIENTS);
      }
      Optimizer.Step report = stage.optimizer.step();
      check("loss.data", loss.value().get(0), VALUES);
      check("loss.reg", report.regularization(), VALUES);
      check("loss.total", loss.value().get(0) + report.regularization(), VALUES);
      check("grad_norm", report.gradientNorm(), GRADIENTS);
    }

    void checkSteps(Kernels kernels) {
      Stage stage = new Stage(this, kernels);
      float[] losses = new float[5];
      float[] norms = new float[5];
      for (int i = 0; i < 5; i++) {
        stage.tape.startTraining(new Rng(i));
        Variable loss = stage.loss(stage.frnet.refine(stage.input(i, true)), i);
        stage.tape.backward(loss);
        Optimizer.Step report = stage.optimizer.step();
        losses[i] = (float) (loss.value().get(0) + report.regularization());
        norms[i] = (float) report.gradientNorm();
      }
      check("steps.loss", losses, VALUES);
      check("steps.grad_norm", norms, GRADIENTS);
      for (Map.Entry<String, StoredTensor> entry : ModelState.of(stage.set).entrySet()) {
        String key = "after5." + entry.getKey();
        StoredTensor found = entry.getValue();
        if (found.dtype() == StoredTensor.DType.I64) {
          assertThat(found.longs()).as(key).isEqualTo(expected.tensor(key).longs());
        } else {
          check(key, found.floats(), key.contains(".running_") ? RUNNING_STATISTICS : AFTER_STEPS);
        }
      }
      stage.tape.startEvaluation();
      check("after5.eval", stage.frnet.refine(stage.input(5, false)), AFTER_STEPS);
    }

    private void check(String prefix, FrNet.Refined refined, double limit) {
      check(prefix + ".x_out", refined.embeddings().value().toArray(), limit);
      if (expected.tensors().containsKey(prefix + ".weight_matrix")) {
        check(prefix + ".weight_matrix", refined.gate().value().toArray(), limit);
      }
    }

    private void check(String key, double found, double limit) {
      check(key, new float[] {(float) found}, limit);
    }

    /** |found - expected| / max(1, max |expected|) is at most the limit. */
    private void check(String key, float[] found, double limit) {
      StoredTensor tensor = expected.tensor(key);
      float[] want = tensor.floats();
      assertThat(found).as(key).hasSameSizeAs(want);
      double scale = 1;
      for (float w : want) {
        scale = Math.max(scale, Math.abs(w));
      }
      for (int i = 0; i < want.length; i++) {
        assertThat(Math.abs((double) found[i] - want[i]) / scale)
            .as("%s[%d] of %s: expected %s, found %s", key, i, tensor, want[i], found[i])
            .isLessThanOrEqualTo(limit);
      }
    }
  }

  /** The layer with the case's weights, and what trains it. */
  private static final class Stage {
    final Case golden;
    final ParameterSet set = new ParameterSet(new Rng(1));
    final FrNet frnet;
    final Optimizer optimizer;
    final Tape tape;

    Stage(Case golden, Kernels kernels) {
      this.golden = golden;
      FrNetConfig config =
          new FrNetConfig(
              FrNetConfig.WeightType.valueOf(
                  golden.config().get("weight_type").getAsString().toUpperCase(Locale.ROOT)),
              golden.integer("att_size"),
              Collections.nCopies(golden.integer("num_layers"), golden.integer("mlp_layer")),
              golden.config().get("dropout").getAsDouble());
      frnet =
          new FrNet(set, "", golden.integer("field_length"), golden.integer("embed_dim"), config);
      ModelState.load(set, golden.weights().tensors(), "weights.safetensors");
      double l2 = golden.config().get("l2").getAsDouble();
      optimizer =
          new Adam(
              kernels,
              set.parameters(),
              new Optimizer.Regularizer(l2, l2),
              golden.config().getAsJsonObject("optimizer").get("lr").getAsDouble(),
              golden.config().get("max_gradient_norm").getAsDouble(),
              Adam.Tables.DENSE);
      tape = new Tape(kernels);
    }

    private Tensor tensor(String name) {
      StoredTensor stored = golden.batches().tensor(name);
      int[] dims = Arrays.stream(stored.shape()).mapToInt(Math::toIntExact).toArray();
      return Tensor.wrap(stored.floats(), dims);
    }

    Variable input(int batch, boolean differentiate) {
      Tensor x = tensor("x" + batch);
      Variable input = tape.output(differentiate, x.shape().toArray());
      input.value().copyFrom(x.toArray());
      return input;
    }

    /** sum(x_out * r) / batch. */
    Variable loss(FrNet.Refined refined, int batch) {
      Tensor r = tensor("r" + batch);
      Variable product = MultiplyAdd.apply(null, refined.embeddings(), tape.constant(r));
      Variable sum = RowSum.apply(product.reshape(1, r.size()));
      return Scale.apply(sum, 1f / r.shape().dim(0));
    }
  }
}
