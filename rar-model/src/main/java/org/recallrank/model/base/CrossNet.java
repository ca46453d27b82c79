package org.recallrank.model.base;

import org.recallrank.autograd.Variable;

/** Explicit feature crosses: x_0 [rows, n] to x_L [rows, n]. */
interface CrossNet {
  Variable apply(Variable x0);
}
