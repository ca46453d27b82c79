package org.recallrank.model.serve;

import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.schema.Batch;
import org.recallrank.tensor.Tensor;

/**
 * Applies a model without training it. Serves one thread at a time; any number of scorers may share
 * a model, as long as nobody changes its weights, and get the same bits as one alone would.
 */
public final class Scorer {
  private final CtrModel model;
  private final Tape tape;

  /** What is derived from the weights is brought up to date now, if it is not. */
  public Scorer(CtrModel model, Kernels kernels) {
    this(model, new Tape(kernels));
  }

  /** With a tape that nobody else uses meanwhile. */
  public Scorer(CtrModel model, Tape tape) {
    this.model = model;
    this.tape = tape;
    model.enricher().refresh(tape.kernels());
  }

  /** The click probability of each row [rows], valid until the next call. */
  public Tensor predict(Batch batch) {
    tape.startEvaluation();
    Tensor logits = model.forward(tape, batch).logits().value();
    Tensor probabilities = tape.allocate(batch.size());
    tape.kernels().math().sigmoid(logits.vec(), probabilities.vec());
    return probabilities;
  }
}
