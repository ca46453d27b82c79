package org.recallrank.autograd.nn;

import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/** How a parameter begins. */
@FunctionalInterface
public interface Init {
  /** Replaces all elements; what is random is drawn from {@code rng}. */
  void fill(Tensor value, Rng rng);

  /** All elements equal. */
  static Init constant(float value) {
    return (tensor, rng) -> tensor.fill(value);
  }

  /** Normal with mean 0. */
  static Init normal(double std) {
    return (tensor, rng) -> {
      for (int i = 0; i < tensor.size(); i++) {
        tensor.set(i, (float) (std * rng.nextGaussian()));
      }
    };
  }

  /** Uniform in [-bound, bound). */
  static Init uniform(double bound) {
    return (tensor, rng) -> {
      for (int i = 0; i < tensor.size(); i++) {
        tensor.set(i, (float) (bound * (2 * rng.nextDouble() - 1)));
      }
    };
  }

  /** An embedding table: normal, but row 0 (padding) zero, as FuxiCTR leaves it. */
  static Init embedding(double std) {
    return (tensor, rng) -> {
      normal(std).fill(tensor, rng);
      tensor.view(0, tensor.cols()).fill(0);
    };
  }

  /** Normal with variance 2 / (fanIn + fanOut) (Glorot, Bengio 2010). */
  static Init xavierNormal(int fanIn, int fanOut) {
    return normal(Math.sqrt(2.0 / (fanIn + fanOut)));
  }

  /** Uniform with variance 2 / (fanIn + fanOut) (Glorot, Bengio 2010). */
  static Init xavierUniform(int fanIn, int fanOut) {
    return uniform(Math.sqrt(6.0 / (fanIn + fanOut)));
  }
}
