package org.recallrank.model.serve;

import org.recallrank.autograd.Program;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

/**
 * Scores blocks of rows with a frozen model. The model's operations are looked at once for each of
 * a few numbers of rows, and then only run: in steady state it allocates nothing.
 *
 * <p>The bits of a probability depend on its own row alone: kernels sum in an order that does not
 * depend on how many rows there are, and nothing is shared between rows but what they would compute
 * alike.
 *
 * <p>Serves one thread at a time.
 */
final class BlockScorer {
  /** Most rows of a block: what lies between two layers stays in the caches. */
  static final int ROWS = 128;

  private final FrozenModel frozen;
  private final Schema schema;
  private final Tape tape;
  private final BatchBuffer buffer;
  private final Rows rows;
  private final Pass[] passes = new Pass[ROWS + 1];

  /** For so many rows. */
  private record Pass(Program program, float[] probabilities, int offset) {}

  BlockScorer(FrozenModel frozen) {
    this.frozen = frozen;
    schema = frozen.encoding().schema();
    tape = new Tape(frozen.kernels());
    buffer = new BatchBuffer(schema, ROWS);
    rows = buffer.batch(ROWS).rows();
  }

  /** The rows of the next block, to be written. */
  Rows rows() {
    return rows;
  }

  /**
   * Scores the first n rows.
   *
   * @param n 1 to {@link #ROWS}
   * @param out receives n probabilities
   */
  void score(int n, float[] out, int at) {
    int size = Program.rowsFor(n);
    for (int row = n; row < size; row++) {
      copyRow(n - 1, row);
    }
    Pass pass = passes[size];
    if (pass == null) {
      pass = capture(size);
      passes[size] = pass;
    }
    pass.program.run();
    System.arraycopy(pass.probabilities, pass.offset, out, at, n);
  }

  private void copyRow(int from, int to) {
    for (int f = 0; f < rows.ids().length; f++) {
      Field field = rows.fields().get(f);
      if (rows.ids()[f] == null) {
        rows.numbers()[f][to] = rows.numbers()[f][from];
      } else {
        int length = field.maxLength();
        System.arraycopy(rows.ids()[f], from * length, rows.ids()[f], to * length, length);
      }
    }
  }

  private Pass capture(int size) {
    Batch batch = buffer.batch(size);
    Variable[] probabilities = new Variable[1];
    Program program =
        tape.capture(
            () -> probabilities[0] = Sigmoid.apply(frozen.model().forward(tape, batch).logits()));
    var value = probabilities[0].value();
    return new Pass(program, value.data(), value.offset());
  }
}
