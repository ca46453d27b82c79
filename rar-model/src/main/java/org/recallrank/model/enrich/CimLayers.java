package org.recallrank.model.enrich;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.LayerNormLayer;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.NormedLinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.cim.CimContext;
import org.recallrank.autograd.ops.cim.CimLists;
import org.recallrank.autograd.ops.cim.CimScores;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;

/**
 * The layers of CIM: the score of each candidate and the two attention blocks; see {@link Cim} for
 * the equations.
 *
 * <p>May be shared by any number of threads that score, each with a tape of its own.
 */
final class CimLayers {
  private static final float NORM_EPSILON = 1e-8f;

  private final int width;
  private final int heads;
  private final int itemFields;
  private final LinearLayer scoreOfRow;
  private final LinearLayer scoreOfItem;
  private final Parameter scoreWeight;
  private final Parameter scoreBias;
  private final Parameter scoreOut;
  private final Parameter scoreOutBias;
  private final LinearLayer candidateQuery;
  private final LinearLayer candidateKey;
  private final LinearLayer candidateValue;
  private final LinearLayer queryTransform;
  private final LinearLayer rowQuery;
  private final NormedLinearLayer rowKey;
  private final NormedLinearLayer rowValue;
  private final LayerNormLayer contextNorm;

  /**
   * Builds the layers, whose parameters go to {@code set}.
   *
   * @param dim d, columns per field
   */
  CimLayers(ParameterSet set, Schema schema, int dim, CimConfig config) {
    itemFields = schema.fieldsOf(Field.Role.ITEM).length;
    width = itemFields * dim;
    heads = config.heads(width);
    int own = schema.fields().size() * dim;
    int first = config.scoreUnits().get(0);
    int second = config.scoreUnits().get(1);
    // One layer of the source in two parts, so both start by the fans of the whole.
    Init whole = Init.xavierUniform(own + width, first);
    scoreOfRow = new LinearLayer(set, "cim.score_1.row", own, first, whole, Init.constant(0));
    scoreOfItem = new LinearLayer(set, "cim.score_1.item", width, first, whole, null);
    scoreWeight = weight(set, "cim.score_2.weight", second, first);
    scoreBias = bias(set, "cim.score_2.bias", second);
    scoreOut = weight(set, "cim.score_3.weight", 1, second);
    scoreOutBias = bias(set, "cim.score_3.bias", 1);
    candidateQuery = dense(set, "cim.block_0.query", width, width);
    candidateKey = dense(set, "cim.block_0.key", width, width);
    candidateValue = dense(set, "cim.block_0.value", width, width);
    LayerNormLayer candidateNorm = new LayerNormLayer(set, "cim.block_0.norm", width, NORM_EPSILON);
    queryTransform = dense(set, "cim.query_transform", own, width);
    rowQuery = dense(set, "cim.block_1.query", width, width);
    Init square = Init.xavierUniform(width, width);
    rowKey = new NormedLinearLayer(set, "cim.block_1.key", candidateNorm, width, width, square);
    rowValue = new NormedLinearLayer(set, "cim.block_1.value", candidateNorm, width, width, square);
    contextNorm = new LayerNormLayer(set, "cim.block_1.norm", width, NORM_EPSILON);
  }

  private static LinearLayer dense(ParameterSet set, String name, int in, int out) {
    return new LinearLayer(set, name, in, out, Init.xavierUniform(in, out), Init.constant(0));
  }

  private static Parameter weight(ParameterSet set, String name, int out, int in) {
    return set.dense(name, Parameter.Group.NETWORK, Init.xavierUniform(in, out), out, in);
  }

  private static Parameter bias(ParameterSet set, String name, int n) {
    return set.dense(name, Parameter.Group.NETWORK, Init.constant(0), n);
  }

  /** How many fields an item has. */
  int itemFields() {
    return itemFields;
  }

  /** n, the columns of an item. */
  int width() {
    return width;
  }

  /**
   * s of each row and candidate of its list.
   *
   * @param x own fields of the rows, in the order of their lists
   * @param c the distinct items of the lists
   * @return [rows, candidates]
   */
  Variable scores(Variable x, Variable c, CimLists lists) {
    Tape tape = x.tape();
    return CimScores.apply(
        new CimScores.Inputs(
            scoreOfRow.apply(x),
            scoreOfItem.apply(c),
            tape.parameter(scoreWeight),
            tape.parameter(scoreBias),
            tape.parameter(scoreOut),
            tape.parameter(scoreOutBias)),
        lists);
  }

  /**
   * The context vector of each row.
   *
   * @param w sigmoid(s)
   * @return [rows, width]
   */
  Variable context(Variable x, Variable c, Variable w, CimLists lists) {
    Tape tape = x.tape();
    float scale = (float) (1 / Math.sqrt((double) width / heads));
    Variable q = candidateQuery.apply(c, Activation.RELU);
    Variable k = candidateKey.apply(c, Activation.RELU);
    Variable v = candidateValue.apply(c, Activation.RELU);
    Variable y = queryTransform.apply(x);
    Variable qOfRow = rowQuery.apply(y, Activation.RELU);
    Variable found =
        CimContext.apply(
            new CimContext.Inputs(
                q, k, v, c, w, qOfRow, rowKey.matrix(tape), rowValue.matrix(tape)),
            lists,
            heads,
            scale,
            NORM_EPSILON);
    return contextNorm.apply(Add.apply(found, y));
  }
}
