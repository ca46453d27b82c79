package org.recallrank.model.base;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.AddRow;
import org.recallrank.autograd.ops.Concat;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.autograd.ops.MultiplyAdd;
import org.recallrank.autograd.ops.SoftmaxRows;
import org.recallrank.autograd.ops.Tanh;
import org.recallrank.autograd.ops.fused.MixExperts;
import org.recallrank.kernels.MatMulKernel.Activation;

/**
 * The cross network of DCN-V2 with W_l as a mixture of low-rank experts: expert_k = x_0 * (U_k
 * tanh(C_k tanh(V_k^T x_l)) + b_l) and x_{l+1} = x_l + sum over k of softmax_k(g . x_l) * expert_k.
 * The gates g are shared by all layers (FuxiCTR's {@code CrossNetMix}).
 */
final class CrossNetMix implements CrossNet {
  private final List<Parameter> u = new ArrayList<>();
  private final List<Parameter> v = new ArrayList<>();
  private final List<Parameter> c = new ArrayList<>();
  private final List<Parameter> bias = new ArrayList<>();
  private final List<LinearLayer> gates = new ArrayList<>();

  CrossNetMix(ParameterSet set, String name, int width, int layers, int rank, int experts) {
    for (int l = 0; l < layers; l++) {
      u.add(experts(set, name + ".U_list." + l, experts, width, rank));
      v.add(experts(set, name + ".V_list." + l, experts, width, rank));
      c.add(experts(set, name + ".C_list." + l, experts, rank, rank));
      bias.add(
          set.dense(
              name + ".bias." + l, Parameter.Group.UNREGULARIZED, Init.constant(0), width, 1));
    }
    for (int k = 0; k < experts; k++) {
      gates.add(new LinearLayer(set, name + ".gating." + k, width, 1, false));
    }
  }

  private static Parameter experts(ParameterSet set, String name, int experts, int m, int n) {
    // PyTorch counts the fans of a 3-d tensor as (second axis, first axis) times the rest.
    return set.dense(
        name, Parameter.Group.UNREGULARIZED, Init.xavierNormal(m * n, experts * n), experts, m, n);
  }

  @Override
  public Variable apply(Variable x0) {
    Variable x = x0;
    for (int l = 0; l < u.size(); l++) {
      x = layer(x0, x, l);
    }
    return x;
  }

  private Variable layer(Variable x0, Variable x, int l) {
    Tape tape = x0.tape();
    Variable[] scores = new Variable[gates.size()];
    Variable[] experts = new Variable[gates.size()];
    Variable ul = tape.parameter(u.get(l));
    Variable vl = tape.parameter(v.get(l));
    Variable cl = tape.parameter(c.get(l));
    Variable bl = tape.parameter(bias.get(l));
    for (int k = 0; k < experts.length; k++) {
      Variable inner = Tanh.apply(Linear.product(x, vl.select(k)));
      Variable core = Tanh.apply(linear(inner, cl.select(k)));
      Variable cross = AddRow.apply(linear(core, ul.select(k)), bl);
      experts[k] = MultiplyAdd.apply(null, x0, cross);
      scores[k] = gates.get(k).apply(x);
    }
    Variable gate = SoftmaxRows.apply(Concat.apply(scores));
    return MixExperts.apply(x, gate, experts);
  }

  private static Variable linear(Variable x, Variable w) {
    return Linear.apply(x, w, null, Activation.NONE);
  }
}
