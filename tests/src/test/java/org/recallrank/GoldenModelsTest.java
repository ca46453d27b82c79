package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.optim.Adam;
import org.recallrank.autograd.optim.Optimizer;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;
import org.recallrank.model.CtrModel;
import org.recallrank.model.base.BaseModel;
import org.recallrank.model.base.BaseModels;
import org.recallrank.model.base.ModelShape;
import org.recallrank.model.config.Settings;
import org.recallrank.model.enrich.Identity;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Rng;
import org.recallrank.training.train.JointLoss;
import org.recallrank.training.train.TrainStep;

/**
 * Same weights and inputs give FuxiCTR's logits, loss, gradients and weights after five steps, on
 * every backend that works here.
 */
class GoldenModelsTest {
  private static final double LOGITS = 5e-6;
  private static final double PROBABILITIES = 1e-6;
  private static final double GRADIENTS = 1e-5;
  private static final double AFTER_STEPS = 2e-5;
  private static final double RUNNING_STATISTICS = 1e-5;

  @TestFactory
  Stream<DynamicTest> cases() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenFolder.open().cases("models", "")) {
      String model = GoldenFolder.json(folder, "config.json").get("model").getAsString();
      for (KernelSelector.Candidate backend : new KernelSelector().candidates()) {
        if (backend.available()) {
          String name = folder.getFileName() + " on " + backend.name();
          tests.add(DynamicTest.dynamicTest(name, () -> check(folder, model, backend.name())));
        }
      }
    }
    assertThat(tests).as("golden cases").isNotEmpty();
    return tests.stream();
  }

  private static void check(Path folder, String model, String backend) throws Exception {
    GoldenCase golden = GoldenCase.read(folder);
    try (Workers workers = Workers.create(2)) {
      Kernels kernels = new KernelSelector().select(backend, workers).kernels();
      checkForward(golden, model, kernels);
      checkSteps(golden, model, kernels);
    }
  }

  private static CtrModel model(GoldenCase golden, String model) {
    Settings settings = golden.settings();
    Function<ModelShape, BaseModel> base = BaseModels.configure(model, settings);
    settings.rejectUnknown();
    CtrModel built =
        new CtrModel(
            new ParameterSet(new Rng(1)),
            golden.schema(),
            (int) golden.number("embedding_dim"),
            1e-4,
            (set, embedding) -> new Identity(),
            base);
    ModelState.load(built.parameters(), golden.weights().tensors(), "weights.safetensors");
    return built;
  }

  private static Optimizer optimizer(GoldenCase golden, CtrModel model, Kernels kernels) {
    return new Adam(
        kernels,
        model.parameters().parameters(),
        new Optimizer.Regularizer(
            golden.number("embedding_regularizer"), golden.number("net_regularizer")),
        golden.config().getAsJsonObject("optimizer").get("lr").getAsDouble(),
        golden.number("max_gradient_norm"),
        Adam.Tables.DENSE);
  }

  private static void checkForward(GoldenCase golden, String name, Kernels kernels) {
    CtrModel model = model(golden, name);
    Batch batch = golden.batches().get(0);
    Tape tape = new Tape(kernels);
    checkEvaluation(golden, "eval", model, tape, batch, LOGITS, PROBABILITIES);

    tape.startTraining(new Rng(0));
    golden.check("train.logits", model.forward(tape, batch).logits().value().toArray(), LOGITS);

    model = model(golden, name);
    Optimizer optimizer = optimizer(golden, model, kernels);
    TrainStep step = new TrainStep(model, tape, optimizer);
    JointLoss loss = step.differentiate(batch, new Rng(0));
    golden.check("loss.data", loss.click(), LOGITS);
    for (Parameter p : model.parameters().parameters()) {
      golden.check("grad." + p.name(), optimizer.totalGradient(p), GRADIENTS);
    }
    Optimizer.Step report = optimizer.step();
    golden.check("loss.reg", report.regularization(), LOGITS);
    golden.check("loss.total", loss.click() + report.regularization(), LOGITS);
    golden.check("grad_norm", report.gradientNorm(), GRADIENTS);
  }

  private static void checkSteps(GoldenCase golden, String name, Kernels kernels) {
    CtrModel model = model(golden, name);
    Tape tape = new Tape(kernels);
    TrainStep step = new TrainStep(model, tape, optimizer(golden, model, kernels));
    float[] losses = new float[5];
    float[] norms = new float[5];
    for (int i = 0; i < 5; i++) {
      TrainStep.Report report = step.run(golden.batches().get(i), new Rng(i));
      losses[i] = (float) report.total();
      norms[i] = (float) report.gradientNorm();
    }
    golden.check("steps.loss", losses, LOGITS);
    golden.check("steps.grad_norm", norms, GRADIENTS);
    for (Map.Entry<String, StoredTensor> entry : ModelState.of(model.parameters()).entrySet()) {
      String key = "after5." + entry.getKey();
      if (entry.getValue().dtype() == StoredTensor.DType.I64) {
        assertThat(entry.getValue().longs())
            .as(key)
            .isEqualTo(golden.expected().tensor(key).longs());
      } else {
        golden.check(
            key,
            entry.getValue().floats(),
            key.contains(".running_") ? RUNNING_STATISTICS : AFTER_STEPS);
      }
    }
    checkEvaluation(
        golden, "after5.eval", model, tape, golden.batches().get(5), AFTER_STEPS, AFTER_STEPS);
  }

  private static void checkEvaluation(
      GoldenCase golden,
      String prefix,
      CtrModel model,
      Tape tape,
      Batch batch,
      double logitLimit,
      double probabilityLimit) {
    tape.startEvaluation();
    float[] logits = model.forward(tape, batch).logits().value().toArray();
    golden.check(prefix + ".logits", logits, logitLimit);
    float[] probabilities = new float[logits.length];
    tape.kernels().math().sigmoid(Vec.of(logits), Vec.of(probabilities));
    golden.check(prefix + ".probs", probabilities, probabilityLimit);
  }
}
