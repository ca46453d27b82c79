package org.recallrank.autograd.optim;

import org.recallrank.autograd.HostBackends;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.tensor.Rng;

/** Gives parameters a gradient, by way of a tape as in training. */
final class Gradients {
  private Gradients() {}

  /** Adds a gradient to a parameter with a dense one. */
  static void give(Parameter p, float... gradient) {
    Tape tape = new Tape(HostBackends.scalar());
    tape.startTraining(new Rng(1));
    Variable x = tape.parameter(p);
    Variable loss = tape.output(true);
    tape.record(
        loss,
        () -> {
          boolean add = x.startGradient();
          for (int i = 0; i < gradient.length; i++) {
            x.gradient().set(i, (add ? x.gradient().get(i) : 0) + gradient[i]);
          }
        });
    tape.backward(loss);
  }

  /** Adds a gradient [ids, dim] to rows of a table. */
  static void give(Kernels kernels, Parameter table, int[] ids, float... gradient) {
    int dim = table.value().cols();
    table
        .rowGradient()
        .add(kernels.embedding(), Matrix.of(gradient, ids.length, dim), Ids.of(ids), 1, null);
  }
}
