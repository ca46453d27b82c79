package org.recallrank.kernels;

import java.util.List;
import org.recallrank.kernels.MatMulKernel.Activation;

/**
 * A chain of dense layers, y_l = act_l(y_{l-1} W_l^T + b_l) with y_0 = x, forward and backward as a
 * whole: so a device need not send back what lies between two layers.
 */
public interface DenseStackKernel {

  /**
   * One layer.
   *
   * @param weight W, dense [out, in] from weightOffset
   * @param bias out values from biasOffset
   */
  record Layer(
      float[] weight,
      int weightOffset,
      float[] bias,
      int biasOffset,
      int in,
      int out,
      Activation activation) {}

  /**
   * Where the gradient of a layer goes, laid out as the layer is.
   *
   * @param addToWeight whether to add to what is in weight, rather than to replace it
   */
  record Gradient(
      float[] weight,
      int weightOffset,
      boolean addToWeight,
      float[] bias,
      int biasOffset,
      boolean addToBias) {}

  /**
   * What a forward pass kept for its backward pass. To be closed by its owner, backward or not;
   * with the kernels' workers it goes too.
   */
  interface Pass extends AutoCloseable {
    /**
     * Gradients of a loss with respect to the layers and to x.
     *
     * @param dy gradient of the last layer's output, dense [rows, out]
     * @param gradients one per layer
     * @param dx dense [rows, in] of the first layer, or null if nobody needs it
     * @param addToDx whether to add to what is in dx, rather than to replace it
     */
    void backward(
        float[] dy,
        int dyOffset,
        List<Gradient> gradients,
        float[] dx,
        int dxOffset,
        boolean addToDx);

    @Override
    void close();
  }

  /**
   * The last layer's output.
   *
   * @param layers at least one; the out of each is the in of the next
   * @param x dense [rows, in] of the first layer
   * @param y dense [rows, out] of the last layer
   * @param keep whether a backward pass may follow
   * @return what was kept, or null
   */
  Pass forward(
      List<Layer> layers, float[] x, int xOffset, int rows, float[] y, int yOffset, boolean keep);
}
