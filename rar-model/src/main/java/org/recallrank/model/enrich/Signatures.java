package org.recallrank.model.enrich;

import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Kernels;
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
  private final int bits;
  private final BitMatrix words;
  private long version;

  /**
   * @param projection P [vector width, bits]
   */
  Signatures(Form form, Tensor projection, int entities) {
    this.form = form;
    this.projection = projection;
    bits = projection.cols();
    words = BitMatrix.of(new long[Math.multiplyExact(entities, bits / 64)], bits / 64);
  }

  /** A row for each entity. */
  BitMatrix words() {
    return words;
  }

  /** Of given vectors, [entities, width] dense. */
  void encode(Kernels kernels, float[] vectors) {
    int width = projection.rows();
    kernels
        .simHash()
        .encode(
            form,
            vectors,
            0,
            width,
            vectors.length / width,
            width,
            projection.data(),
            bits,
            words.data(),
            0);
    kernels.device().keep(words.data(), ++version);
  }

  /** Of the model's own embeddings, block by block. */
  void encode(Kernels kernels, FeatureEmbedding embedding, EntityTable table) {
    Tape tape = new Tape(kernels);
    EntityGather gather = new EntityGather(table);
    int[] block = new int[BLOCK];
    int width = projection.rows();
    for (int from = 0; from < table.size(); from += BLOCK) {
      int n = Math.min(BLOCK, table.size() - from);
      for (int i = 0; i < n; i++) {
        block[i] = from + i;
      }
      tape.startEvaluation();
      Variable e = embedding.apply(tape, gather.pick(block, 0, n), false);
      kernels
          .simHash()
          .encode(
              form,
              e.value().data(),
              e.value().offset(),
              width,
              n,
              width,
              projection.data(),
              bits,
              words.data(),
              from * (bits / 64));
    }
    kernels.device().keep(words.data(), ++version);
  }
}
