package org.recallrank.model.base;

import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.fused.CrossLayers;

/** The cross network of DCN: x_{l+1} = x_l + (w_l . x_l) x_0 + b_l, w_l and b_l vectors. */
final class CrossNetV1 implements CrossNet {
  private final Parameter[] weights;
  private final Parameter[] biases;

  CrossNetV1(ParameterSet set, String name, int width, int layers) {
    weights = new Parameter[layers];
    biases = new Parameter[layers];
    for (int l = 0; l < layers; l++) {
      String layer = name + ".cross_net." + l;
      weights[l] =
          set.dense(
              layer + ".weight.weight",
              Parameter.Group.NETWORK,
              Init.xavierNormal(width, 1),
              1,
              width);
      biases[l] = set.dense(layer + ".bias", Parameter.Group.NETWORK, Init.constant(0), width);
    }
  }

  @Override
  public Variable apply(Variable x0) {
    Tape tape = x0.tape();
    Variable[] w = new Variable[weights.length];
    Variable[] b = new Variable[weights.length];
    for (int l = 0; l < w.length; l++) {
      w[l] = tape.parameter(weights[l]);
      b[l] = tape.parameter(biases[l]);
    }
    return CrossLayers.apply(x0, w, b);
  }
}
