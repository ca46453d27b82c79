package org.recallrank.kernels.scalar;

import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.HammingBase;

/** Exclusive or and a bit count per word. */
final class ScalarHamming extends HammingBase {
  ScalarHamming(Workers workers) {
    super(workers);
  }
}
