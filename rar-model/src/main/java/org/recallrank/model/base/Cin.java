package org.recallrank.model.base;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Init;
import org.recallrank.autograd.nn.LinearLayer;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.fused.CompressedInteraction;

/**
 * The compressed interaction network of xDeepFM and the linear layer on its sums: E to one number
 * per row (FuxiCTR's {@code layers/interactions/compressed_interaction_net.py}: no activation
 * between the layers, nothing split off).
 */
final class Cin {
  private final List<Parameter> weights = new ArrayList<>();
  private final List<Parameter> biases = new ArrayList<>();
  private final LinearLayer fc;

  /**
   * @param units feature maps H of each layer
   */
  Cin(ParameterSet set, String name, int fields, List<Integer> units) {
    int in = fields;
    int sum = 0;
    for (int out : units) {
      int pairs = fields * in;
      String layer = name + ".cin_layer.layer_" + (weights.size() + 1);
      weights.add(
          set.dense(
              layer + ".weight",
              Parameter.Group.NETWORK,
              Init.xavierNormal(pairs, out),
              out,
              pairs,
              1));
      biases.add(set.dense(layer + ".bias", Parameter.Group.NETWORK, Init.constant(0), out));
      in = out;
      sum += out;
    }
    fc = new LinearLayer(set, name + ".fc", sum, 1, true);
  }

  /** [rows, fields, d] to [rows, 1]. */
  Variable apply(Variable e) {
    Tape tape = e.tape();
    return fc.apply(
        CompressedInteraction.apply(
            e,
            weights.stream().map(tape::parameter).toList(),
            biases.stream().map(tape::parameter).toList()));
  }
}
