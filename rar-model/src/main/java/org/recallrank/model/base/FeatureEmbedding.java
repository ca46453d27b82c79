package org.recallrank.model.base;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.EmbeddingLookup;
import org.recallrank.autograd.ops.NumericEmbedding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;

/**
 * One vector per field of a row: E of the equations, [rows, fields, d] (FuxiCTR's {@code
 * layers/embeddings/feature_embedding.py}).
 *
 * <p>A categorical field looks up one row of its table, a sequence pools several, a number x gives
 * x * w. The same layer embeds the rows of a batch and, with the fields of users or items only, the
 * entities that RAR selects.
 *
 * <p>May be shared by any number of threads that score, each with a tape of its own; see {@link
 * org.recallrank.model.CtrModel}.
 */
public final class FeatureEmbedding {
  private static final String INNER = ".embedding_layer.embedding_layers.";

  private final Map<String, Parameter> weights = new HashMap<>();
  private final int dim;
  private final boolean sumSequences;

  private FeatureEmbedding(
      ParameterSet set, String name, List<Field> fields, int dim, double std, boolean firstOrder) {
    this.dim = dim;
    this.sumSequences = firstOrder;
    for (Field field : fields) {
      String weight = name + INNER + field.name() + ".weight";
      if (field.type() == Field.Type.NUMERIC) {
        weights.put(
            field.name(),
            set.dense(weight, Parameter.Group.NETWORK, Init.xavierNormal(1, dim), dim, 1));
      } else if (field.sharesTableOf() == null || firstOrder) {
        weights.put(
            field.name(), set.table(weight, Init.embedding(std), field.vocabularySize(), dim));
      }
    }
    for (Field field : fields) {
      if (!weights.containsKey(field.name())) {
        Parameter shared = weights.get(field.sharesTableOf());
        if (shared == null || shared.value().rows() != field.vocabularySize()) {
          throw new IllegalArgumentException(
              "field "
                  + field.name()
                  + " shares the table of "
                  + field.sharesTableOf()
                  + ", which "
                  + (shared == null ? "does not exist" : "has another size"));
        }
        weights.put(field.name(), shared);
        set.alias(name + INNER + field.name() + ".weight", shared.name());
      }
    }
  }

  /** The embeddings of a model: d columns per field, sequences pooled as each field says. */
  public static FeatureEmbedding ofFields(
      ParameterSet set, List<Field> fields, int dim, double std) {
    return named(set, "embedding_layer", fields, dim, std);
  }

  /** The same under another name than a CTR model's. */
  public static FeatureEmbedding named(
      ParameterSet set, String name, List<Field> fields, int dim, double std) {
    return new FeatureEmbedding(set, name, fields, dim, std, false);
  }

  /** First-order weights: one column per field, tables never shared, sequences summed. */
  static FeatureEmbedding firstOrder(
      ParameterSet set, String name, List<Field> fields, double std) {
    return new FeatureEmbedding(set, name + ".embedding_layer", fields, 1, std, true);
  }

  /** d, columns per field. */
  public int dim() {
    return dim;
  }

  /** Sum of the versions of all weights: changes whenever any of them does. */
  public long version() {
    return weights.values().stream().mapToLong(Parameter::version).sum();
  }

  /** E [rows, fields, d], in the order of the fields of {@code rows}. */
  public Variable apply(Tape tape, Rows rows) {
    return apply(tape, rows, true);
  }

  /**
   * E [rows, fields, d].
   *
   * @param differentiate false: no gradient flows back into the embeddings
   */
  public Variable apply(Tape tape, Rows rows, boolean differentiate) {
    List<Field> fields = rows.fields();
    Variable e = tape.output(differentiate, rows.size(), fields.size(), dim);
    for (int f = 0; f < fields.size(); f++) {
      Field field = fields.get(f);
      Parameter weight = weights.get(field.name());
      int column = f * dim;
      switch (field.type()) {
        case CATEGORICAL -> EmbeddingLookup.rows(weight, rows.ids()[f], e, column, differentiate);
        case SEQUENCE ->
            EmbeddingLookup.sequences(
                weight,
                rows.ids()[f],
                field.maxLength(),
                !sumSequences && field.pooling() == Field.Pooling.MEAN,
                e,
                column,
                differentiate);
        case NUMERIC ->
            NumericEmbedding.apply(
                tape.parameter(weight), rows.numbers()[f], e, column, differentiate);
      }
    }
    return e;
  }
}
