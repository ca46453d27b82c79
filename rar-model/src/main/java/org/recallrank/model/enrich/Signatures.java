package org.recallrank.model.enrich;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.entity.EntityGather;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.tensor.Tensor;

/** SimHash signatures of all entities of one kind (Eq. 3 and 4). */
final class Signatures {
  private static final int BLOCK = 8192;

  private final Form form;
  private final Tensor projection;
  private final BitMatrix words;
  private long version;

  /**
   * @param projection P [vector width, bits]
   */
  Signatures(Form form, Tensor projection, int entities) {
    this.form = form;
    this.projection = projection;
    int perRow = projection.cols() / Long.SIZE;
    words = BitMatrix.of(new long[Math.multiplyExact(entities, perRow)], perRow);
  }

  /** A row for each entity. */
  BitMatrix words() {
    return words;
  }

  /** Of given vectors, [entities, width] dense. */
  void encode(Kernels kernels, float[] vectors) {
    int width = projection.rows();
    Matrix rows = Matrix.of(vectors, vectors.length / width, width);
    kernels.simHash().encode(form, rows, projection.matrix(), words);
    kernels.device().keep(words.data(), ++version);
  }

  /** Of the model's own embeddings, block by block. */
  void encode(Kernels kernels, FeatureEmbedding embedding, EntityTable table) {
    Tape tape = new Tape(kernels);
    EntityGather gather = new EntityGather(table);
    int[] block = new int[BLOCK];
    for (int from = 0; from < table.size(); from += BLOCK) {
      int n = Math.min(BLOCK, table.size() - from);
      for (int i = 0; i < n; i++) {
        block[i] = from + i;
      }
      tape.startEvaluation();
      Variable e = embedding.apply(tape, gather.pick(block, 0, n), false);
      Matrix x = e.value().vec().matrix(n, projection.rows());
      kernels.simHash().encode(form, x, projection.matrix(), words.rows(from, n));
    }
    kernels.device().keep(words.data(), ++version);
  }
}
