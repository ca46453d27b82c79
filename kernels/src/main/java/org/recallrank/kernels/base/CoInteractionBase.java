package org.recallrank.kernels.base;

import org.recallrank.kernels.CoInteractionKernel;
import org.recallrank.kernels.Workers;

/** What the backends share of {@link CoInteractionKernel}: checks and chunks of batch rows. */
public abstract class CoInteractionBase implements CoInteractionKernel {
  /** Multiply-adds per chunk. */
  private static final int GRAIN = 1 << 17;

  private final Workers workers;

  protected CoInteractionBase(Workers workers) {
    this.workers = workers;
  }

  /** The arrays that say which entities a row selects, and their representations. */
  protected record Entities(
      float[] hu, float[] hi, float[] eu, float[] ei, int[] userIndex, int[] itemIndex) {}

  /** What the forward pass writes. */
  protected record Outputs(
      float[] m, float[] wu, float[] wi, float[] enriched, int enrichedOffset, int ldEnriched) {}

  /** What the backward pass reads besides {@link Entities}. */
  protected record Upstream(
      float[] m,
      float[] wu,
      float[] wi,
      float[] dEnriched,
      int dEnrichedOffset,
      int ldEnriched,
      float[] dwiExtra,
      float[] itemTarget,
      float targetScale) {}

  /** What the backward pass writes. */
  protected record Gradients(float[] dhu, float[] dhi, float[] deu, float[] dei) {}

  @Override
  public final void forward(
      Sizes s,
      float[] hu,
      float[] hi,
      float[] eu,
      float[] ei,
      int[] userIndex,
      int[] itemIndex,
      float[] m,
      float[] wu,
      float[] wi,
      float[] enriched,
      int enrichedOffset,
      int ldEnriched) {
    String op = "coInteraction.forward";
    Entities entities = new Entities(hu, hi, eu, ei, userIndex, itemIndex);
    check(op, s, entities);
    if (m != null) {
      Checks.range(op, "m", m.length, 0, (long) s.batch() * s.kl() * s.kr());
    }
    Checks.range(op, "wu", wu.length, 0, (long) s.batch() * s.kl());
    Checks.range(op, "wi", wi.length, 0, (long) s.batch() * s.kr());
    Checks.matrix(
        op, "enriched", enriched.length, enrichedOffset, s.batch(), s.du() + s.di(), ldEnriched);
    Outputs out = new Outputs(m, wu, wi, enriched, enrichedOffset, ldEnriched);
    workers.forRanges(
        s.batch(),
        grain(s),
        (from, to) -> {
          checkIndices(op, s, entities, from, to);
          forwardRows(s, entities, out, from, to);
        });
  }

  @Override
  public final void backward(
      Sizes s,
      float[] hu,
      float[] hi,
      float[] eu,
      float[] ei,
      int[] userIndex,
      int[] itemIndex,
      float[] m,
      float[] wu,
      float[] wi,
      float[] dEnriched,
      int dEnrichedOffset,
      int ldEnriched,
      float[] dwiExtra,
      float[] itemTarget,
      float targetScale,
      float[] dhu,
      float[] dhi,
      float[] deu,
      float[] dei) {
    String op = "coInteraction.backward";
    Entities entities = new Entities(hu, hi, eu, ei, userIndex, itemIndex);
    check(op, s, entities);
    long users = (long) s.batch() * s.kl();
    long items = (long) s.batch() * s.kr();
    Checks.range(op, "m", m.length, 0, users * s.kr());
    Checks.range(op, "wu", wu.length, 0, users);
    Checks.range(op, "wi", wi.length, 0, items);
    Checks.matrix(
        op, "dEnriched", dEnriched.length, dEnrichedOffset, s.batch(), s.du() + s.di(), ldEnriched);
    if (dwiExtra != null) {
      Checks.range(op, "dwiExtra", dwiExtra.length, 0, items);
    }
    if (itemTarget != null) {
      Checks.range(op, "itemTarget", itemTarget.length, 0, items);
    }
    Checks.range(op, "dhu", dhu.length, 0, users * s.h());
    Checks.range(op, "dhi", dhi.length, 0, items * s.h());
    if ((deu == null) != (dei == null)) {
      throw new IllegalArgumentException(op + ": deu and dei must both be given or both be null");
    }
    if (deu != null) {
      Checks.range(op, "deu", deu.length, 0, users * s.du());
      Checks.range(op, "dei", dei.length, 0, items * s.di());
    }
    Upstream up =
        new Upstream(
            m, wu, wi, dEnriched, dEnrichedOffset, ldEnriched, dwiExtra, itemTarget, targetScale);
    Gradients gradients = new Gradients(dhu, dhi, deu, dei);
    workers.forRanges(
        s.batch(),
        grain(s),
        (from, to) -> {
          checkIndices(op, s, entities, from, to);
          backwardRows(s, entities, up, gradients, from, to);
        });
  }

  /** How many rows make a chunk. */
  protected int grain(Sizes s) {
    return (int) Math.max(1, GRAIN / ((long) s.kl() * s.kr() * s.h()));
  }

  private static void check(String op, Sizes s, Entities e) {
    Checks.range(op, "userIndex", e.userIndex.length, 0, (long) s.batch() * s.kl());
    Checks.range(op, "itemIndex", e.itemIndex.length, 0, (long) s.batch() * s.kr());
  }

  private static void checkIndices(String op, Sizes s, Entities e, int from, int to) {
    int users = Math.min(e.hu.length / s.h(), e.eu.length / s.du());
    for (int i = from * s.kl(); i < to * s.kl(); i++) {
      Checks.row(op, "hu and eu", e.userIndex[i], users, i);
    }
    int items = Math.min(e.hi.length / s.h(), e.ei.length / s.di());
    for (int i = from * s.kr(); i < to * s.kr(); i++) {
      Checks.row(op, "hi and ei", e.itemIndex[i], items, i);
    }
  }

  protected abstract void forwardRows(Sizes s, Entities e, Outputs out, int from, int to);

  protected abstract void backwardRows(
      Sizes s, Entities e, Upstream up, Gradients out, int from, int to);
}
