package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.tensor.Tensor;

/**
 * SimHash signatures of all entities of one kind (Eq. 3 and 4), as of their last {@link #refresh}.
 *
 * <p>May be shared by any number of threads. They are written in place, like the weights that they
 * come from, and only where these have changed, which must not happen while a model scores: so no
 * thread reads what another one writes.
 */
final class Signatures {
  private static final int BLOCK = 8192;

  private final Form form;
  private final Tensor projection;
  private final Vectors vectors;
  private final BitMatrix words;
  private long times; // written
  private volatile Made made; // null: not at all, or half

  /** Takes the vectors of a block of entities. */
  @FunctionalInterface
  private interface Encoder {
    void encode(int from, Matrix vectors);
  }

  /** The vectors of all entities. */
  private interface Vectors {
    /** Another number when they have changed. */
    long version();

    /** Hands over all of them, block by block. */
    void encode(Kernels kernels, Encoder encoder);
  }

  /** What the signatures were made of: vectors of this version and this projection. */
  record Made(long version, float[] projection, long times) {}

  private Signatures(Form form, Tensor projection, int entities, Vectors vectors) {
    this.form = form;
    this.projection = projection;
    this.vectors = vectors;
    int perRow = projection.cols() / Long.SIZE;
    words = BitMatrix.of(new long[Math.multiplyExact(entities, perRow)], perRow);
  }

  /** Of the vectors that the configuration says. */
  static Signatures of(
      RarConfig config,
      Tensor projection,
      FeatureEmbedding embedding,
      EntityTable table,
      RecallVectors vectors) {
    return switch (config.hashSource()) {
      case MODEL -> of(config.hashForm(), projection, embedding, table);
      case RECALL -> of(config.hashForm(), projection, vectors.of(table.role()));
    };
  }

  /**
   * Of vectors that never change.
   *
   * @param projection P [width, bits]
   * @param vectors [entities, width]
   */
  static Signatures of(Form form, Tensor projection, Matrix vectors) {
    return new Signatures(
        form,
        projection,
        vectors.rows(),
        new Vectors() {
          @Override
          public long version() {
            return 0;
          }

          @Override
          public void encode(Kernels kernels, Encoder encoder) {
            encoder.encode(0, vectors);
          }
        });
  }

  /**
   * Of the model's own embeddings.
   *
   * @param projection P [fields * d, bits]
   */
  static Signatures of(
      Form form, Tensor projection, FeatureEmbedding embedding, EntityTable table) {
    return new Signatures(
        form,
        projection,
        table.size(),
        new Vectors() {
          @Override
          public long version() {
            return embedding.version();
          }

          @Override
          public void encode(Kernels kernels, Encoder encoder) {
            Tape tape = new Tape(kernels);
            int[] block = new int[BLOCK];
            for (int from = 0; from < table.size(); from += BLOCK) {
              int n = Math.min(BLOCK, table.size() - from);
              for (int i = 0; i < n; i++) {
                block[i] = from + i;
              }
              tape.startEvaluation();
              Variable e = embedding.apply(tape, table.pick(tape, Ids.of(block, n)), false);
              encoder.encode(from, e.value().vec().matrix(n, projection.rows()));
            }
          }
        });
  }

  /** A row for each entity, as last made; made now if they have never been. */
  BitMatrix words(Kernels kernels) {
    Made last = made;
    if (last == null) {
      last = refresh(kernels);
    }
    kernels.device().keep(words.data(), last.times);
    return words;
  }

  /**
   * Makes them, unless vectors and projection are those that they were made of. Of several threads
   * the first one does, and the others wait.
   */
  synchronized Made refresh(Kernels kernels) {
    long version = vectors.version();
    Made last = made;
    if (last == null || last.version != version || !hasProjection(last)) {
      made = null; // a failure leaves none, rather than half of them
      vectors.encode(
          kernels,
          (from, rows) ->
              kernels
                  .simHash()
                  .encode(form, rows, projection.matrix(), words.rows(from, rows.rows())));
      made = new Made(version, projection.toArray(), ++times);
    }
    return made;
  }

  private boolean hasProjection(Made last) {
    int at = projection.offset();
    int n = projection.size();
    return Arrays.equals(last.projection, 0, n, projection.data(), at, at + n);
  }
}
