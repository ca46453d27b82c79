package org.recallrank.autograd.optim;

import org.junit.jupiter.api.Test;

class AdagradTest {
  @Test
  void againstDoublePrecision() {
    OptimizerSteps.compare(PlainOptimizer.Rule.ADAGRAD, true, Adagrad::new);
  }
}
