package org.recallrank.kernels.opencl;

import java.util.Arrays;
import java.util.List;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.kernels.Workers.Range;
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

  /** Elements of an array at the start of a buffer. */
  private ClBuffer up(int slot, Object array, int at, int n) {
    return scratch[slot].fromStart(array, at, n);
  }

  private ClBuffer up(int slot, Matrix x) {
    return up(slot, x.data(), x.offset(), x.size());
  }

  private ClBuffer up(int slot, Ids x) {
    return up(slot, x.data(), x.offset(), x.size());
  }

  private List<Object> entities(Sizes s, Entities users, Entities items) {
    List<Object> sizes = List.of(s.kl(), s.kr(), s.h(), s.du(), s.di());
    List<Object> hidden = List.of(up(0, users.hidden()), up(1, items.hidden()));
    List<Object> embeddings = List.of(up(2, users.embedding()), up(3, items.embedding()));
    return List.of(sizes, hidden, embeddings, up(4, users.index()), up(5, items.index()));
  }

  private void launch(String name, Sizes s, List<?> first, Object... more) {
    int floats = (s.kl() + s.kr()) * s.h() + s.kl() * s.kr() + s.kl() + s.kr();
    List<?> arguments = List.of(first, List.of(more));
    if (4L * floats <= localMemory) {
      launch("", name, s.batch(), arguments, 0, 0, new ClKernel.Local(4L * floats));
      return;
    }
    int rows = Math.min(s.batch(), Math.max(1, GLOBAL_SPACE / floats));
    ClBuffer parts = space.words((long) rows * floats);
    for (int from = 0; from < s.batch(); from += rows) {
      int n = Math.min(rows, s.batch() - from);
      launch("-D SPACE=__global", name, n, arguments, from, floats, parts);
    }
  }

  private void launch(String options, String name, int rows, Object... arguments) {
    context
        .kernel(FILE, options, name)
        .launch(new long[] {(long) GROUP * rows}, new long[] {GROUP}, arguments);
  }

  /** Room for a matrix, which may be null. */
  private ClBuffer room(int slot, Matrix x) {
    return scratch[slot].words(x == null ? 1 : x.size());
  }

  private void down(ClBuffer from, Matrix x) {
    if (x != null) {
      context.readRows(from, x);
    }
  }

  @Override
  protected Range forwardPass(Sizes s, Entities users, Entities items, Outputs out) {
    return (from, to) -> forward(s, users, items, out);
  }

  private void forward(Sizes s, Entities users, Entities items, Outputs out) {
    synchronized (context) {
      ClBuffer m = room(6, out.m());
      ClBuffer wu = room(7, out.wu());
      ClBuffer wi = room(8, out.wi());
      ClBuffer enriched = room(9, out.enriched());
      launch("forward", s, entities(s, users, items), out.m() != null, m, wu, wi, enriched);
      down(m, out.m());
      down(wu, out.wu());
      down(wi, out.wi());
      down(enriched, out.enriched());
    }
  }

  @Override
  protected Range backwardPass(
      Sizes s, Entities users, Entities items, Upstream up, Gradients out) {
    return (from, to) -> backward(s, users, items, up, out);
  }

  private void backward(Sizes s, Entities users, Entities items, Upstream up, Gradients out) {
    synchronized (context) {
      Matrix dEnriched = up.dEnriched();
      ClBuffer dv = room(9, dEnriched);
      context.writeRows(dv, dEnriched);
      List<?> forward = List.of(up(6, up.m()), up(7, up.wu()), up(8, up.wi()), dv);
      List<?> extra = optional(10, up.dwiExtra());
      List<?> target = optional(11, up.itemTarget());
      ClBuffer dhu = room(12, out.dhu());
      ClBuffer dhi = room(13, out.dhi());
      ClBuffer deu = room(14, out.deu());
      ClBuffer dei = room(15, out.dei());
      List<?> gradients = List.of(dhu, dhi, out.deu() != null, deu, dei);
      List<?> entities = entities(s, users, items);
      launch("backward", s, entities, forward, extra, target, up.targetScale(), gradients);
      down(dhu, out.dhu());
      down(dhi, out.dhi());
      down(deu, out.deu());
      down(dei, out.dei());
    }
  }

  /** Whether there is a matrix, and a buffer. */
  private List<?> optional(int slot, Matrix x) {
    return List.of(x != null, x == null ? room(slot, null) : up(slot, x));
  }
}
