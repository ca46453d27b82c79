package org.recallrank.kernels.base;

import org.recallrank.kernels.CoInteractionKernel;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;

/** What the backends share of {@link CoInteractionKernel}: checks and chunks of batch rows. */
public abstract class CoInteractionBase implements CoInteractionKernel {
  /** Multiply-adds per chunk. */
  private static final int GRAIN = 1 << 17;

  private final Workers workers;

  protected CoInteractionBase(Workers workers) {
    this.workers = workers;
  }

  @Override
  public final void forward(Entities users, Entities items, Outputs out) {
    String op = "coInteraction.forward";
    Sizes s = sizes(op, users, items);
    if (out.m() != null) {
      Checks.denseShape(op, "m", out.m(), s.batch() * s.kl(), s.kr());
    }
    Checks.denseShape(op, "wu", out.wu(), s.batch(), s.kl());
    Checks.denseShape(op, "wi", out.wi(), s.batch(), s.kr());
    Checks.shape(op, "enriched", out.enriched(), s.batch(), s.du() + s.di());
    forRows(op, s, users, items, forwardPass(s, users, items, out));
  }

  @Override
  public final void backward(Entities users, Entities items, Upstream up, Gradients gradients) {
    String op = "coInteraction.backward";
    Sizes s = sizes(op, users, items);
    int userRows = s.batch() * s.kl();
    int itemRows = s.batch() * s.kr();
    Checks.denseShape(op, "m", up.m(), userRows, s.kr());
    Checks.denseShape(op, "wu", up.wu(), s.batch(), s.kl());
    Checks.denseShape(op, "wi", up.wi(), s.batch(), s.kr());
    Checks.shape(op, "dEnriched", up.dEnriched(), s.batch(), s.du() + s.di());
    if (up.dwiExtra() != null) {
      Checks.denseShape(op, "dwiExtra", up.dwiExtra(), s.batch(), s.kr());
    }
    if (up.itemTarget() != null) {
      Checks.denseShape(op, "itemTarget", up.itemTarget(), s.batch(), s.kr());
    }
    Checks.denseShape(op, "dhu", gradients.dhu(), userRows, s.h());
    Checks.denseShape(op, "dhi", gradients.dhi(), itemRows, s.h());
    if ((gradients.deu() == null) != (gradients.dei() == null)) {
      throw new IllegalArgumentException(op + ": deu and dei must both be given or both be null");
    }
    if (gradients.deu() != null) {
      Checks.denseShape(op, "deu", gradients.deu(), userRows, s.du());
      Checks.denseShape(op, "dei", gradients.dei(), itemRows, s.di());
    }
    forRows(op, s, users, items, backwardPass(s, users, items, up, gradients));
  }

  private void forRows(String op, Sizes s, Entities users, Entities items, Range pass) {
    workers.forRanges(
        s.batch(),
        grain(s),
        (from, to) -> {
          checkIndices(op, users, items, from, to);
          pass.run(from, to);
        });
  }

  /** How many rows make a chunk. */
  protected int grain(Sizes s) {
    return (int) Math.max(1, GRAIN / ((long) s.kl() * s.kr() * s.h()));
  }

  private static Sizes sizes(String op, Entities users, Entities items) {
    for (Entities side : new Entities[] {users, items}) {
      Checks.dense(op, "a representation", side.hidden());
      Checks.dense(op, "an embedding", side.embedding());
    }
    return Sizes.of(users, items);
  }

  private static void checkIndices(String op, Entities users, Entities items, int from, int to) {
    for (int i = from * users.k(); i < to * users.k(); i++) {
      Checks.row(op, "hu and eu", users.index(), i, users.hidden().rows());
    }
    for (int i = from * items.k(); i < to * items.k(); i++) {
      Checks.row(op, "hi and ei", items.index(), i, items.hidden().rows());
    }
  }

  /** The forward pass of rows whose entities are known to be there; several threads run it. */
  protected abstract Range forwardPass(Sizes s, Entities users, Entities items, Outputs out);

  /** The backward pass, likewise. */
  protected abstract Range backwardPass(
      Sizes s, Entities users, Entities items, Upstream up, Gradients out);
}
