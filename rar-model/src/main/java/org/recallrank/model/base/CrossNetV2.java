package org.recallrank.model.base;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.MultiplyAdd;

/** The cross network of DCN-V2: x_{l+1} = x_l + x_0 * (W_l x_l + b_l), W_l full rank. */
final class CrossNetV2 implements CrossNet {
  private final List<LinearLayer> layers = new ArrayList<>();

  CrossNetV2(ParameterSet set, String name, int width, int layers) {
    for (int l = 0; l < layers; l++) {
      this.layers.add(new LinearLayer(set, name + ".cross_layers." + l, width, width, true));
    }
  }

  @Override
  public Variable apply(Variable x0) {
    Variable x = x0;
    for (LinearLayer layer : layers) {
      x = MultiplyAdd.apply(x, x0, layer.apply(x));
    }
    return x;
  }
}
