package org.recallrank.kernels;

import java.util.List;
import org.recallrank.kernels.MatMulKernel.Activation;

/**
 * A chain of dense layers, y_l = drop_l(act_l(norm_l(y_{l-1} W_l^T + b_l))) with y_0 = x, forward
 * and backward as a whole: so a device need not send back what lies between two layers.
 */
public interface DenseStackKernel {

  /**
   * One layer.
   *
   * @param weight W, dense [out, in] from weightOffset
   * @param bias out values from biasOffset
   * @param norm null for none
   * @param dropout probability, as {@link VectorMath#dropout} with the element's position in the
   *     layer's output as its index; 0 for none, and only behind a ReLU
   * @param seed what dropout draws with
   */
  record Layer(
      float[] weight,
      int weightOffset,
      float[] bias,
      int biasOffset,
      int in,
      int out,
      Norm norm,
      Activation activation,
      float dropout,
      long seed) {

    /** A layer of product and activation alone. */
    public Layer(
        float[] weight,
        int weightOffset,
        float[] bias,
        int biasOffset,
        int in,
        int out,
        Activation activation) {
      this(weight, weightOffset, bias, biasOffset, in, out, null, activation, 0, 0);
    }
  }

  /**
   * Batch normalisation, gamma * (x - mean) / sqrt(variance + epsilon) + beta, of a layer's out
   * columns; each array has out values.
   *
   * @param ofBatch whether mean and (biased) variance are those of the rows themselves: forward
   *     writes them, and gradients flow through them; else they are given, and constants
   */
  record Norm(
      float[] gamma,
      float[] beta,
      float[] mean,
      float[] variance,
      boolean ofBatch,
      float epsilon) {}

  /**
   * Where the gradient of a layer goes, laid out as the layer is.
   *
   * @param addToWeight whether to add to what is in weight, rather than to replace it
   * @param gamma out values, to which is added; null without normalisation
   * @param beta likewise
   */
  record Gradient(
      float[] weight,
      int weightOffset,
      boolean addToWeight,
      float[] bias,
      int biasOffset,
      boolean addToBias,
      float[] gamma,
      float[] beta) {

    /** That of a layer without normalisation. */
    public Gradient(
        float[] weight,
        int weightOffset,
        boolean addToWeight,
        float[] bias,
        int biasOffset,
        boolean addToBias) {
      this(weight, weightOffset, addToWeight, bias, biasOffset, addToBias, null, null);
    }
  }

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
