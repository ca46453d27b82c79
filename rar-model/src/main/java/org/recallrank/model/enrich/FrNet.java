package org.recallrank.model.enrich;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.DenseLayer;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.PReluLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Blend;
import org.recallrank.autograd.ops.Dropout;
import org.recallrank.autograd.ops.MultiplyFields;
import org.recallrank.autograd.ops.RowSum;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.autograd.ops.fused.Attention;
import org.recallrank.model.enrich.FrNetConfig.WeightType;
import org.recallrank.model.schema.Batch;

/**
 * FRNet (Wang et al., SIGIR 2022): each field's embedding is refined by the other fields of its
 * row, E' = g * E + (1 - g) * IEU_G(E) with the gate g = sigmoid(IEU_W(E)). E' has the shape of E,
 * and there is no loss of its own.
 *
 * <p>Built as the authors' RefineCTR ({@code FRCTR/module_zoo/frnet.py}) and under its parameter
 * names; their first repository has a ReLU where this has the last PReLU of a unit.
 */
public final class FrNet implements Enricher {
  private final Unit complementary;
  private final Unit weights;

  /**
   * What becomes of E, and the gate that decided it.
   *
   * @param embeddings E' [rows, fields, d]
   * @param gate g [rows, fields, d], or [rows, fields, 1] with {@link WeightType#VECTOR}
   */
  public record Refined(Variable embeddings, Variable gate) {}

  /**
   * Builds both units, whose parameters go to {@code set}.
   *
   * @param prefix of all parameter names
   */
  public FrNet(ParameterSet set, String prefix, int fields, int dim, FrNetConfig config) {
    complementary = new Unit(set, prefix + "IEU_G", fields, dim, config, WeightType.BIT);
    weights = new Unit(set, prefix + "IEU_W", fields, dim, config, config.weightType());
  }

  @Override
  public int extraFields() {
    return 0;
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    return Enriched.of(refine(embeddings).embeddings());
  }

  /** Refines E [rows, fields, d]. */
  public Refined refine(Variable e) {
    Variable gate = Sigmoid.apply(weights.apply(e));
    return new Refined(Blend.apply(gate, e, complementary.apply(e)), gate);
  }

  /**
   * An Information Extraction Unit: what the fields say of each other (self-attention, not scaled)
   * times what the row as a whole says (an MLP over all of it).
   */
  private static final class Unit {
    private final int fields;
    private final int dim;
    private final int attentionSize;
    private final float dropout;
    private final boolean perField;
    private final LinearLayer query;
    private final LinearLayer key;
    private final LinearLayer value;
    private final LinearLayer projection;
    private final List<DenseLayer> hidden = new ArrayList<>();
    private final List<PReluLayer> activations = new ArrayList<>();
    private final LinearLayer bitProjection;
    private final PReluLayer activation;

    Unit(ParameterSet set, String name, int fields, int dim, FrNetConfig config, WeightType type) {
      this.fields = fields;
      this.dim = dim;
      attentionSize = config.attentionSize();
      dropout = (float) config.dropout();
      perField = type == WeightType.VECTOR;
      query = linear(set, name + ".vector_info.trans_Q", dim, attentionSize);
      key = linear(set, name + ".vector_info.trans_K", dim, attentionSize);
      value = linear(set, name + ".vector_info.trans_V", dim, attentionSize);
      projection = linear(set, name + ".vector_info.projection", attentionSize, dim);
      int width = fields * dim;
      int position = 0;
      for (int units : config.hiddenUnits()) {
        String layer = name + ".mlps.mlp.";
        hidden.add(
            new DenseLayer(
                set,
                layer + position,
                layer + (position + 1),
                width,
                units,
                Init.xavierUniform(width, units),
                Init.uniform(1 / Math.sqrt(width))));
        activations.add(new PReluLayer(set, layer + (position + 2)));
        position += 4; // the fourth is dropout
        width = units;
      }
      bitProjection = linear(set, name + ".bit_projection", width, dim);
      activation = new PReluLayer(set, name + ".activation");
    }

    /** With PyTorch's own start, which the authors leave in place. */
    private static LinearLayer linear(ParameterSet set, String name, int in, int out) {
      Init init = Init.uniform(1 / Math.sqrt(in));
      return new LinearLayer(set, name, in, out, init, init);
    }

    /** [rows, fields, d] to the same shape, or to [rows, fields, 1] for one value per field. */
    Variable apply(Variable e) {
      int rows = e.shape().dim(0);
      Variable vectors = e.reshape(rows * fields, dim);
      Variable attended =
          Attention.apply(
              query.apply(vectors).reshape(rows, fields, attentionSize),
              key.apply(vectors).reshape(rows, fields, attentionSize),
              value.apply(vectors).reshape(rows, fields, attentionSize),
              1,
              1,
              0);
      Variable product = MultiplyFields.apply(projection.apply(attended), context(e, rows));
      return perField
          ? RowSum.apply(product).reshape(rows, fields, 1)
          : product.reshape(rows, fields, dim);
    }

    private Variable context(Variable e, int rows) {
      Variable x = e.reshape(rows, fields * dim);
      for (int l = 0; l < hidden.size(); l++) {
        x = activations.get(l).apply(hidden.get(l).apply(x));
        x = Dropout.apply(x, dropout);
      }
      return activation.apply(bitProjection.apply(x));
    }
  }
}
