package org.recallrank.model.enrich;

import org.recallrank.autograd.Program;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.Matrix;
import org.recallrank.model.enrich.Enricher.Enriched;
import org.recallrank.model.schema.Batch;

/**
 * How a frozen enricher that looks at a user's pools takes the rows of a batch: user by user, each
 * with its neighbouring rows through a pass that is built once for that number of rows. What
 * belongs to the user alone is thus done once for all its candidates, and shapes never change.
 *
 * <p>Belongs to one tape.
 */
final class UserPasses {
  /** Rows that go through at a time: more are taken in turns. */
  private static final int ROWS = 128;

  private final Factory factory;
  private final Tape tape;
  private final Pass[] passes = new Pass[ROWS + 1];

  /**
   * The rows of a batch.
   *
   * @param users table row of each row's user
   * @param items table row of each row's item
   * @param own the embeddings of their own fields [rows, fields * d]
   * @param enriched where what is found goes, [rows, extra fields * d]
   */
  record Block(int[] users, int[] items, Matrix own, Matrix enriched) {}

  /** For so many rows of one user. */
  interface Pass {
    /** Enriches {@code rows} rows of a block from {@code first}, no more than it was built for. */
    void run(Block block, int first, int rows);
  }

  /** Builds passes. */
  interface Factory {
    /**
     * Builds one for so many rows.
     *
     * @param tape which passes of all numbers of rows share
     */
    Pass build(Tape tape, int rows);
  }

  private UserPasses(Factory factory, Tape tape) {
    this.factory = factory;
    this.tape = tape;
  }

  /**
   * What a frozen enricher does: appends what its passes find.
   *
   * @param enricher whose passes they are
   * @param extraFields how many pseudo-fields they find
   */
  static Enriched enrich(
      Enricher enricher, Factory factory, int extraFields, Batch batch, Variable e) {
    Tape tape = e.tape();
    UserPasses passes = tape.own(enricher, () -> new UserPasses(factory, new Tape(tape.kernels())));
    int rows = e.shape().dim(0);
    int fields = e.shape().dim(1);
    int d = e.shape().dim(2);
    int width = fields * d;
    Variable enriched = tape.output(false, rows, fields + extraFields, d);
    Matrix own = e.value().vec().matrix(rows, width);
    Matrix all = enriched.value().vec().matrix(rows, width + extraFields * d);
    Matrix found = all.columns(width, extraFields * d);
    Block block = new Block(batch.users(), batch.items(), own, found);
    tape.forward(
        () -> {
          for (int i = 0; i < rows; i++) {
            System.arraycopy(own.data(), own.at(i, 0), all.data(), all.at(i, 0), width);
          }
          passes.run(block, rows);
        });
    return Enriched.of(enriched);
  }

  private void run(Block block, int rows) {
    int[] users = block.users();
    for (int first = 0, end; first < rows; first = end) {
      end = first + 1;
      while (end < rows && end - first < ROWS && users[end] == users[first]) {
        end++;
      }
      pass(end - first).run(block, first, end - first);
    }
  }

  private Pass pass(int rows) {
    int built = Program.rowsFor(rows);
    if (passes[built] == null) {
      passes[built] = factory.build(tape, built);
    }
    return passes[built];
  }
}
