package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.autograd.Program;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.autograd.ops.cim.CimLists;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Matrix;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.recall.ServedRecall;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;
import org.recallrank.tensor.Tensor;

/**
 * {@link Cim} of a frozen model: the candidates of a user, and their attention among each other,
 * are computed once for all rows of the user.
 *
 * <p>May be shared by any number of threads, each with a tape of its own.
 */
final class CimServing implements Enricher {
  private final FeatureEmbedding embedding;
  private final ServedRecall recall;
  private final int ownWidth;
  private final int length;
  private final CimLayers layers;

  CimServing(
      ParameterSet set,
      Schema schema,
      FeatureEmbedding embedding,
      ServedRecall recall,
      CimConfig config) {
    this.embedding = embedding;
    this.recall = recall.toKeep();
    ownWidth = schema.fields().size() * embedding.dim();
    length = config.candidates(recall.pools().itemsPerUser());
    layers = new CimLayers(set, schema, embedding.dim(), config);
  }

  @Override
  public int extraFields() {
    return layers.itemFields();
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    return UserPasses.enrich(this, OfUser::new, extraFields(), batch, embeddings);
  }

  /** So many rows of a user. */
  private final class OfUser implements UserPasses.Pass {
    private final int rows;
    private final int[] pool = new int[recall.pools().itemsPerUser()];
    private final Program program;
    private int user;
    private Matrix own;
    private Matrix context;

    OfUser(Tape tape, int rows) {
      this.rows = rows;
      program = tape.capture(() -> build(tape));
    }

    private void build(Tape tape) {
      Tensor x = tape.allocate(rows, ownWidth);
      own = x.matrix();
      tape.forward(() -> recall.pools().copyItems(user, pool));
      int[] members = new int[length];
      Arrays.setAll(members, j -> j);
      CimLists list = new CimLists(1, length, members, new int[] {0, rows}, new int[rows]);
      Rows candidates = recall.items().pick(tape, Ids.of(pool, length));
      Variable c = embedding.apply(tape, candidates, false).reshape(length, layers.width());
      Variable ofRows = tape.constant(x);
      Variable scores = layers.scores(ofRows, c, list);
      context = layers.context(ofRows, c, Sigmoid.apply(scores), list).matrix();
    }

    @Override
    public void run(UserPasses.Block block, int first, int n) {
      user = block.users()[first];
      Matrix from = block.own();
      for (int i = 0; i < rows; i++) {
        int row = first + Math.min(i, n - 1);
        System.arraycopy(from.data(), from.at(row, 0), own.data(), own.at(i, 0), ownWidth);
      }
      program.run();
      Matrix to = block.enriched();
      for (int i = 0; i < n; i++) {
        int at = to.at(first + i, 0);
        System.arraycopy(context.data(), context.at(i, 0), to.data(), at, to.cols());
      }
    }
  }
}
