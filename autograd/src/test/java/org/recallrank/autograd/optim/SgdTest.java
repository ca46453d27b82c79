package org.recallrank.autograd.optim;

import org.junit.jupiter.api.Test;

class SgdTest {
  @Test
  void againstDoublePrecision() {
    OptimizerSteps.compare(PlainOptimizer.Rule.SGD, true, Sgd::new);
  }
}
