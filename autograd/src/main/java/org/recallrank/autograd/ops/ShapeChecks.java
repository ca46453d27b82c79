package org.recallrank.autograd.ops;

import org.recallrank.autograd.Variable;

/** Shape checks of the operations. */
public final class ShapeChecks {
  private ShapeChecks() {}

  /** Two arguments have as many elements as each other. */
  public static void sameSize(String op, Variable a, Variable b) {
    if (a.value().size() != b.value().size()) {
      throw new IllegalArgumentException(
          op + ": shapes " + a.shape() + " and " + b.shape() + " differ in size");
    }
  }

  /** An argument has as many elements as expected. */
  public static void size(String op, String what, Variable v, int expected) {
    if (v.value().size() != expected) {
      throw new IllegalArgumentException(
          op + ": " + what + " needs " + expected + " elements, found shape " + v.shape());
    }
  }
}
