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
   * @param weight W [out, in], dense
   * @param bias [out]
   * @param norm null for none
   * @param dropout probability, as {@link VectorMath#dropout} with the element's position in the
   *     layer's output as its index; 0 for none, and only behind a ReLU
   * @param seed what dropout draws with
   */
  record Layer(
      Matrix weight, Vec bias, Norm norm, Activation activation, float dropout, long seed) {

    /** A layer of product and activation alone. */
    public Layer(Matrix weight, Vec bias, Activation activation) {
      this(weight, bias, null, activation, 0, 0);
    }

    /** Columns of what it takes. */
    public int in() {
      return weight.cols();
    }

    /** Columns of what it gives. */
    public int out() {
      return weight.rows();
    }
  }

  /**
   * Batch normalisation, gamma * (x - mean) / sqrt(variance + epsilon) + beta, of a layer's out
   * columns; each vector has out elements.
   *
   * @param ofBatch whether mean and (biased) variance are those of the rows themselves: forward
   *     writes them, and gradients flow through them; else they are given, and constants
   */
  record Norm(Affine affine, Vec mean, Vec variance, boolean ofBatch, float epsilon) {}

  /**
   * Where the gradient of a layer goes, laid out as the layer is.
   *
   * @param addToWeight whether to add to what is in weight, rather than to replace it
   * @param affine to which is added; null without normalisation
   */
  record Gradient(Matrix weight, boolean addToWeight, Vec bias, boolean addToBias, Affine affine) {}

  /**
   * What a forward pass kept for its backward pass. To be closed by its owner, backward or not;
   * with the kernels' workers it goes too.
   */
  interface Pass extends AutoCloseable {
    /**
     * Gradients of a loss with respect to the layers and to x.
     *
     * @param dy gradient of the last layer's output, [rows, out]
     * @param gradients one per layer
     * @param dx [rows, in] of the first layer, or null if nobody needs it
     * @param addToDx whether to add to what is in dx, rather than to replace it
     * @throws IllegalArgumentException if the sizes do not fit those of the forward pass
     */
    void backward(Matrix dy, List<Gradient> gradients, Matrix dx, boolean addToDx);

    @Override
    void close();
  }

  /**
   * The last layer's output.
   *
   * @param layers at least one; the out of each is the in of the next
   * @param x [rows, in] of the first layer
   * @param y [rows, out] of the last layer
   * @param keep whether a backward pass may follow
   * @return what was kept, or null
   * @throws IllegalArgumentException if the sizes do not fit each other
   */
  Pass forward(List<Layer> layers, Matrix x, Matrix y, boolean keep);
}
