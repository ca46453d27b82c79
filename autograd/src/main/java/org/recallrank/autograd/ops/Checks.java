package org.recallrank.autograd.ops;

import org.recallrank.autograd.Variable;

/** Shape checks of the operations. */
final class Checks {
  private Checks() {}

  static void sameSize(String op, Variable a, Variable b) {
    if (a.value().size() != b.value().size()) {
      throw new IllegalArgumentException(
          op + ": shapes " + a.shape() + " and " + b.shape() + " differ in size");
    }
  }

  static void size(String op, String what, Variable v, int expected) {
    if (v.value().size() != expected) {
      throw new IllegalArgumentException(
          op + ": " + what + " needs " + expected + " elements, found shape " + v.shape());
    }
  }
}
