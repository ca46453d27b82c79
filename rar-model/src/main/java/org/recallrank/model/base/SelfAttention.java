package org.recallrank.model.base;

import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.LayerNormLayer;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Add;
import org.recallrank.autograd.ops.Relu;
import org.recallrank.autograd.ops.fused.Attention;

/**
 * One attention layer of AutoInt: relu([LayerNorm](attention [+ residual])) with Q, K, V = X W^T,
 * the residual being X, or X W_res^T where the widths differ (FuxiCTR's {@code
 * MultiHeadSelfAttention}).
 */
final class SelfAttention {
  private static final float EPSILON = 1e-5f;

  private final LinearLayer query;
  private final LinearLayer key;
  private final LinearLayer value;
  private final boolean residual;
  private final LinearLayer widen;
  private final LayerNormLayer norm;
  private final int heads;
  private final float scale;
  private final float dropout;

  /**
   * @param in width of X
   * @param width of the result, all heads together
   * @param scaled whether scores are divided by sqrt(width / heads)
   * @param dropout probability of dropping an attention weight
   */
  SelfAttention(
      ParameterSet set,
      String name,
      int in,
      int width,
      int heads,
      boolean scaled,
      boolean residual,
      boolean layerNorm,
      double dropout) {
    query = new LinearLayer(set, name + ".W_q", in, width, false);
    key = new LinearLayer(set, name + ".W_k", in, width, false);
    value = new LinearLayer(set, name + ".W_v", in, width, false);
    this.residual = residual;
    widen =
        residual && in != width ? new LinearLayer(set, name + ".W_res", in, width, false) : null;
    norm = layerNorm ? new LayerNormLayer(set, name + ".layer_norm", width, EPSILON) : null;
    this.heads = heads;
    scale = scaled ? (float) (1 / Math.sqrt((double) width / heads)) : 1;
    this.dropout = (float) dropout;
  }

  /** [rows, fields, in] to [rows, fields, width]. */
  Variable apply(Variable x) {
    Variable y =
        Attention.apply(
            project(query, x), project(key, x), project(value, x), heads, scale, dropout);
    Variable rest = !residual || widen == null ? x : widen.apply(x);
    if (norm != null) {
      return norm.apply(y, residual ? rest : null, true);
    }
    return Relu.apply(residual ? Add.apply(y, rest) : y);
  }

  private static Variable project(LinearLayer layer, Variable x) {
    Variable y = layer.apply(x);
    return y.reshape(x.shape().dim(0), x.shape().dim(1), y.shape().dim(1));
  }
}
