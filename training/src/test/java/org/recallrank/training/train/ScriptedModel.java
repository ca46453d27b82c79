package org.recallrank.training.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.BatchNormLayer;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.base.BaseModel;
import org.recallrank.model.base.ModelInput;
import org.recallrank.model.base.ModelShape;
import org.recallrank.model.enrich.Enricher;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.StoredTensor.DType;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Schema;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/**
 * A linear model that learns as any other, but ranks the validation rows as the test says, and
 * remembers what it was asked. Validation rows are to fit into one batch.
 */
final class ScriptedModel implements BaseModel, Enricher {
  static final float AUXILIARY_WEIGHT = 0.5f;

  final CtrModel model;

  /** What happened, in order: train, refresh, evaluate. */
  final List<String> calls = new ArrayList<>();

  /** The items of each training step. */
  final List<int[]> steps = new ArrayList<>();

  /** The first random number of each training step. */
  final List<Long> seeds = new ArrayList<>();

  /** Which training step is to find a weight that is not a number. */
  int poisonedStep = -1;

  private final double[] aucs;
  private int evaluations;
  private Parameter weight;
  private BatchNormLayer norm;
  private LinearLayer linear;

  /**
   * @param aucs of the validation rows after each epoch, multiples of one over the number of clicks
   */
  ScriptedModel(Schema schema, double... aucs) {
    this.aucs = aucs;
    model =
        new CtrModel(
            new ParameterSet(new Rng(5)), schema, 2, 0.1, (set, e) -> this, this::withLayers);
  }

  private BaseModel withLayers(ModelShape shape) {
    norm = new BatchNormLayer(shape.parameters(), "norm", shape.flatWidth());
    linear = new LinearLayer(shape.parameters(), "fc", shape.flatWidth(), 1, true);
    weight = shape.parameters().get("fc.weight");
    return this;
  }

  @Override
  public Variable logits(ModelInput in) {
    Tape tape = in.embeddings().tape();
    Batch batch = in.batch();
    if (!tape.training()) {
      calls.add("evaluate");
      return tape.constant(ranking(batch, aucs[evaluations++]));
    }
    calls.add("train");
    steps.add(Arrays.copyOf(batch.items(), batch.size()));
    seeds.add(tape.nextSeed());
    if (steps.size() == poisonedStep) {
      weight.value().set(0, Float.NaN);
      weight.touch();
    }
    return linear.apply(norm.apply(in.flat(), false, 0));
  }

  /** The first of the clicked rows above all others, the rest below; all NaN if the AUC is. */
  private static Tensor ranking(Batch batch, double auc) {
    int clicks = 0;
    for (int i = 0; i < batch.size(); i++) {
      clicks += (int) batch.labels()[i];
    }
    long above = Math.round(auc * clicks);
    float[] logits = new float[batch.size()];
    for (int i = 0, click = 0; i < logits.length; i++) {
      float score = batch.labels()[i] == 0 ? 0 : click++ < above ? 1 : -1;
      logits[i] = Double.isNaN(auc) ? Float.NaN : score;
    }
    return Tensor.wrap(logits, logits.length, 1);
  }

  @Override
  public int extraFields() {
    return 0;
  }

  /** The auxiliary loss is another for each batch, its baseline 1. */
  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    Variable loss = embeddings.tape().constant(Tensor.wrap(new float[] {batch.items()[0]}, 1));
    return new Enriched(embeddings, loss, 1, AUXILIARY_WEIGHT, null);
  }

  @Override
  public void refresh(Kernels kernels) {
    calls.add("refresh");
  }

  /** All that the model has learnt, bit by bit. */
  Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    ModelState.of(model.parameters())
        .forEach(
            (name, tensor) ->
                state.put(
                    name,
                    tensor.dtype() == DType.I64
                        ? Arrays.toString(tensor.longs())
                        : Arrays.toString(tensor.floats())));
    return state;
  }

  /** The table of a field. */
  float[] embeddings(String field) {
    String name = "embedding_layer.embedding_layer.embedding_layers." + field + ".weight";
    return model.parameters().get(name).value().toArray();
  }

  /** Every element of every parameter. */
  float[] weights() {
    return concatenated(model.parameters().parameters().stream());
  }

  /** ||w||^2 of all tables, or of everything else. */
  double squares(boolean tables) {
    double sum = 0;
    for (float w :
        concatenated(model.parameters().parameters().stream().filter(p -> p.isTable() == tables))) {
      sum += (double) w * w;
    }
    return sum;
  }

  private static float[] concatenated(Stream<Parameter> parameters) {
    float[] all = new float[0];
    for (Parameter p : parameters.toList()) {
      float[] values = p.value().toArray();
      all = Arrays.copyOf(all, all.length + values.length);
      System.arraycopy(values, 0, all, all.length - values.length, values.length);
    }
    return all;
  }
}
