package org.recallrank.kernels.opencl;

import java.util.Arrays;
import java.util.stream.Stream;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.base.CoInteractionBase;

/**
 * {@code co_interaction.cl}: a work-group per row, forward and backward fused in local memory; in
 * global memory where a row has more than that.
 *
 * @see org.recallrank.kernels.CoInteractionKernel
 */
final class OpenClCoInteraction extends CoInteractionBase {
  private static final String FILE = "co_interaction.cl";
  private static final int GROUP = 64; // of co_interaction.cl

  /** Floats of global memory that groups have instead of local memory, of all groups together. */
  private static final int GLOBAL_SPACE = 1 << 24;

  private final ClContext context;
  private final long localMemory;
  private final ClScratch[] scratch = new ClScratch[16];
  private final ClScratch space;

  /**
   * @param localMemory bytes that a group may have
   */
  OpenClCoInteraction(Workers workers, ClContext context, long localMemory) {
    super(workers);
    this.context = context;
    this.localMemory = localMemory;
    Arrays.setAll(scratch, i -> new ClScratch(context));
    space = new ClScratch(context);
  }

  @Override
  protected int grain(Sizes s) {
    return Integer.MAX_VALUE; // the device takes all rows
  }

  /** An array that is dense from its start, on the device. */
  private ClBuffer up(int slot, Object array, long n) {
    return scratch[slot].input(array, 0, n).buffer();
  }

  private Object[] entities(Sizes s, Entities e) {
    return new Object[] {
      s.kl(),
      s.kr(),
      s.h(),
      s.du(),
      s.di(),
      up(0, e.hu(), e.hu().length),
      up(1, e.hi(), e.hi().length),
      up(2, e.eu(), e.eu().length),
      up(3, e.ei(), e.ei().length),
      up(4, e.userIndex(), (long) s.batch() * s.kl()),
      up(5, e.itemIndex(), (long) s.batch() * s.kr())
    };
  }

  private void launch(String name, Sizes s, Object[] first, Object... more) {
    int floats = (s.kl() + s.kr()) * s.h() + s.kl() * s.kr() + s.kl() + s.kr();
    if (4L * floats <= localMemory) {
      launch("", name, s.batch(), join(first, more, 0, 0, new ClKernel.Local(4L * floats)));
      return;
    }
    int rows = Math.min(s.batch(), Math.max(1, GLOBAL_SPACE / floats));
    ClBuffer parts = space.words((long) rows * floats);
    for (int from = 0; from < s.batch(); from += rows) {
      launch(
          "-D SPACE=__global",
          name,
          Math.min(rows, s.batch() - from),
          join(first, more, from, floats, parts));
    }
  }

  private void launch(String options, String name, int rows, Object[] arguments) {
    context
        .kernel(FILE, options, name)
        .launch(new long[] {(long) GROUP * rows}, new long[] {GROUP}, arguments);
  }

  private static Object[] join(Object[] first, Object[] more, Object... last) {
    return Stream.of(first, more, last).flatMap(Stream::of).toArray();
  }

  @Override
  protected void forwardRows(Sizes s, Entities e, Outputs out, int from, int to) {
    synchronized (context) {
      long users = (long) s.batch() * s.kl();
      long items = (long) s.batch() * s.kr();
      int width = s.du() + s.di();
      boolean keepM = out.m() != null;
      ClBuffer m = scratch[6].words(keepM ? users * s.kr() : 1);
      ClBuffer wu = scratch[7].words(users);
      ClBuffer wi = scratch[8].words(items);
      ClBuffer enriched = scratch[9].words((long) s.batch() * width);
      launch("forward", s, entities(s, e), keepM, m, wu, wi, enriched);
      if (keepM) {
        context.read(m, 0, out.m(), 0, users * s.kr());
      }
      context.read(wu, 0, out.wu(), 0, users);
      context.read(wi, 0, out.wi(), 0, items);
      context.readRows(
          enriched, out.enriched(), out.enrichedOffset(), s.batch(), width, out.ldEnriched());
    }
  }

  @Override
  protected void backwardRows(Sizes s, Entities e, Upstream up, Gradients out, int from, int to) {
    synchronized (context) {
      long users = (long) s.batch() * s.kl();
      long items = (long) s.batch() * s.kr();
      int width = s.du() + s.di();
      ClBuffer dEnriched = scratch[9].words((long) s.batch() * width);
      context.writeRows(
          dEnriched, up.dEnriched(), up.dEnrichedOffset(), s.batch(), width, up.ldEnriched());
      boolean extra = up.dwiExtra() != null;
      boolean target = up.itemTarget() != null;
      boolean embeddings = out.deu() != null;
      ClBuffer dhu = scratch[12].words(users * s.h());
      ClBuffer dhi = scratch[13].words(items * s.h());
      ClBuffer deu = scratch[14].words(embeddings ? users * s.du() : 1);
      ClBuffer dei = scratch[15].words(embeddings ? items * s.di() : 1);
      launch(
          "backward",
          s,
          entities(s, e),
          up(6, up.m(), users * s.kr()),
          up(7, up.wu(), users),
          up(8, up.wi(), items),
          dEnriched,
          extra,
          extra ? up(10, up.dwiExtra(), items) : scratch[10].words(1),
          target,
          target ? up(11, up.itemTarget(), items) : scratch[11].words(1),
          up.targetScale(),
          dhu,
          dhi,
          embeddings,
          deu,
          dei);
      context.read(dhu, 0, out.dhu(), 0, users * s.h());
      context.read(dhi, 0, out.dhi(), 0, items * s.h());
      if (embeddings) {
        context.read(deu, 0, out.deu(), 0, users * s.du());
        context.read(dei, 0, out.dei(), 0, items * s.di());
      }
    }
  }
}
