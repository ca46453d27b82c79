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
  private final List<LinearLayer> linears = new ArrayList<>();
  private final List<BatchNormLayer> norms = new ArrayList<>();
  private final LinearLayer output;
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
      linears.add(new LinearLayer(set, name + "." + position++, width, units, true));
      if (batchNorm) {
        norms.add(new BatchNormLayer(set, name + "." + position++, units));
      }
      position += dropout > 0 ? 2 : 1;
      width = units;
    }
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
    Tape tape = x.tape();
    int rows = x.value().rows();
    List<DenseStack.Layer> layers = new ArrayList<>();
    for (int l = 0; l < linears.size(); l++) {
      layers.add(
          linears
              .get(l)
              .inStack(
                  tape,
                  norms.isEmpty() ? null : norms.get(l).norm(tape, rows),
                  Activation.RELU,
                  tape.training() ? dropout : 0));
    }
    if (output != null) {
      layers.add(output.inStack(tape, null, Activation.NONE, 0));
    }
    return DenseStack.apply(x, layers);
  }
}
