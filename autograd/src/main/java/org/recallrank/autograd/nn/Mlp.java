package org.recallrank.autograd.nn;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.fused.DenseStack;
import org.recallrank.kernels.MatMulKernel.Activation;

/**
 * FuxiCTR's MLP block: per hidden layer Linear, [BatchNorm], ReLU, [Dropout]; then, if an output
 * width is given, one more Linear. Layers are named by their position in that sequence.
 */
public final class Mlp {
  private final List<DenseLayer> hiddenLayers = new ArrayList<>();
  private final LinearLayer output;
  private final boolean frozen;
  private final float dropout;
  private final int outWidth;

  /**
   * Adds the layers, {@code name.0} the first.
   *
   * @param hidden widths of the hidden layers
   * @param dropout probability in [0, 1), after each hidden layer
   * @param outputWidth width of the last Linear, or 0 to end with the last hidden layer
   */
  public Mlp(
      ParameterSet set,
      String name,
      int in,
      List<Integer> hidden,
      boolean batchNorm,
      double dropout,
      int outputWidth) {
    this.dropout = (float) dropout;
    int position = 0;
    int width = in;
    for (int units : hidden) {
      String linear = name + "." + position++;
      String norm = batchNorm ? name + "." + position++ : null;
      Init weight = Init.xavierNormal(width, units);
      hiddenLayers.add(new DenseLayer(set, linear, norm, width, units, weight, Init.constant(0)));
      position += dropout > 0 ? 2 : 1;
      width = units;
    }
    frozen = set.isFrozen();
    output =
        outputWidth > 0
            ? new LinearLayer(set, name + "." + position, width, outputWidth, true)
            : null;
    outWidth = outputWidth > 0 ? outputWidth : width;
  }

  /** Columns of the result. */
  public int outWidth() {
    return outWidth;
  }

  /** [rows, in] to [rows, outWidth]. */
  public Variable apply(Variable x) {
    return frozen ? applyFrozen(x) : DenseStack.apply(x, layers(x.tape(), x.value().rows()));
  }

  private Variable applyFrozen(Variable x) {
    for (DenseLayer layer : hiddenLayers) {
      x = layer.apply(x, true);
    }
    return output == null ? x : output.apply(x);
  }

  private List<DenseStack.Layer> layers(Tape tape, int rows) {
    List<DenseStack.Layer> layers = new ArrayList<>();
    for (DenseLayer layer : hiddenLayers) {
      layers.add(layer.inStack(tape, rows, Activation.RELU, tape.training() ? dropout : 0));
    }
    if (output != null) {
      layers.add(output.inStack(tape, null, Activation.NONE, 0));
    }
    return layers;
  }
}
