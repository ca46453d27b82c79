package org.recallrank.model.enrich;

import java.util.function.Supplier;
import org.recallrank.autograd.Program;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.Variable;
import org.recallrank.autograd.nn.Mlp;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.autograd.ops.GatherRows;
import org.recallrank.autograd.ops.Linear;
import org.recallrank.autograd.ops.Sigmoid;
import org.recallrank.autograd.ops.SumPooling;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.MatMulKernel;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.MatMulKernel.Epilogue;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.VectorMath;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.ServingTables;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.recall.ServedRecall;
import org.recallrank.model.recall.UserPools;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Field;
import org.recallrank.tensor.Tensor;

/**
 * {@link Rar} of a frozen model: what depends on a user or an item alone is there before the first
 * request. When it is built:
 *
 * <pre>
 * Eq. 3, 4    signatures of all items; those of users only until the next line is done
 * Eq. 1, 2    the k_l look-alikes of each user
 * Eq. 5       E'_LH of all users and E'_RH of all items (the two MLPs)
 * </pre>
 *
 * <p>Per user of a request, whatever the number of its candidates:
 *
 * <pre>
 * Eq. 5       its rows of E'_LH, and E_L' by look-up
 * </pre>
 *
 * <p>Per item of its pool, or, if the candidates select fewer, per selected one:
 *
 * <pre>
 * Eq. 6       its column of M, k_l numbers
 * Eq. 9       w_i, the column's mean
 * Eq. 10      w_i e_i
 * </pre>
 *
 * <p>Per candidate:
 *
 * <pre>
 * Eq. 1, 2    the k_r items of the pool that are nearest to it
 * Eq. 9       w_u, the mean of the selected columns
 * Eq. 10      v_c = w_u E_L' and v_d, the sum of the selected w_i e_i
 * Eq. 11      [v_c ; v_d]
 * </pre>
 *
 * <p>May be shared by any number of threads, each with a tape of its own.
 */
final class RarServing implements Enricher {
  /** Entities that go through the MLPs at a time. */
  private static final int BLOCK = 1024;

  private final RarConfig config;
  private final FeatureEmbedding embedding;
  private final ServedRecall recall;
  private final int kl;
  private final int kr;
  private final WithoutTarget others;
  private final ListSearch.Builder ofItems;
  private final int[] lookAlikes; // [users, kl]; null: each user is its own
  private final Tensor hiddenUsers; // E'_LH; null if nothing is weighed
  private final Tensor hiddenItems; // E'_RH

  RarServing(ParameterSet set, FeatureEmbedding embedding, ServedRecall recall, RarConfig config) {
    this.config = config;
    this.embedding = embedding;
    this.recall = recall.toKeep();
    UserPools pools = recall.pools();
    pools.checkSelection(config.lookAlikes(), config.recallItems());
    config.checkVectors(recall.vectors());
    kr = config.recallItems();
    others = new WithoutTarget(kr, pools.itemsPerUser());
    Kernels kernels = set.kernels();
    RarParameters parameters =
        RarParameters.of(
            set, config, width(recall.users()), width(recall.items()), recall.vectors());
    ServingTables tables = recall.tables();
    ofItems =
        search(
            Field.Role.ITEM,
            recall.vectors(),
            () -> {
              int words = config.hashBits() / Long.SIZE;
              Supplier<long[]> make =
                  () -> signatures(kernels, parameters.itemProjection(), recall.items(), recall);
              return BitMatrix.of(
                  tables.longs("rar.signatures", make, recall.items().size(), words), words);
            });
    if (config.variant().looksAround()) {
      kl = config.lookAlikes();
      lookAlikes =
          tables.ints(
              "rar.look_alikes",
              () -> lookAlikes(kernels, ofUsers(kernels, parameters.userProjection(), recall)),
              pools.userCount(),
              kl);
    } else {
      kl = 1;
      lookAlikes = null;
    }
    boolean weighs = config.variant().weighs();
    hiddenUsers = weighs ? hidden(kernels, parameters.userMlp(), recall.users(), tables) : null;
    hiddenItems = weighs ? hidden(kernels, parameters.itemMlp(), recall.items(), tables) : null;
  }

  private int width(EntityTable table) {
    return table.rows().fields().size() * embedding.dim();
  }

  private ListSearch.Builder search(
      Field.Role role, RecallVectors vectors, Supplier<BitMatrix> signatures) {
    return switch (config.variant()) {
      case SELECT -> ListSearch.first();
      case EXACT -> ListSearch.byInnerProduct(vectors.of(role));
      case RAR, USER, AUX_WGHT, WGHT -> ListSearch.bySignature(signatures.get());
    };
  }

  private ListSearch.Builder ofUsers(Kernels kernels, Tensor projection, ServedRecall from) {
    int words = config.hashBits() / Long.SIZE;
    return search(
        Field.Role.USER,
        from.vectors(),
        () -> BitMatrix.of(signatures(kernels, projection, from.users(), from), words));
  }

  private long[] signatures(
      Kernels kernels, Tensor projection, EntityTable table, ServedRecall from) {
    return Signatures.of(config, projection, embedding, table, from.vectors())
        .words(kernels)
        .data();
  }

  /** Eq. 1 and 2 of all users. */
  private int[] lookAlikes(Kernels kernels, ListSearch.Builder ofUsers) {
    UserPools pools = recall.pools();
    int[] all = new int[Math.multiplyExact(pools.userCount(), kl)];
    int[] user = new int[1];
    int[] pool = new int[pools.usersPerUser()];
    int[] nearest = new int[kl];
    ListSearch search = ofUsers.build(kernels, new ListSearch.Places(user, pool, kl, nearest));
    for (user[0] = 0; user[0] < pools.userCount(); user[0]++) {
      pools.copyUsers(user[0], pool);
      search.run();
      for (int i = 0; i < kl; i++) {
        all[user[0] * kl + i] = pool[nearest[i]];
      }
    }
    return all;
  }

  /** Eq. 5 of all entities of a table, [entities, h]. */
  private Tensor hidden(Kernels kernels, Mlp mlp, EntityTable table, ServingTables tables) {
    String name = table.role() == Field.Role.USER ? "rar.hidden_users" : "rar.hidden_items";
    int h = mlp.outWidth();
    float[] all = tables.floats(name, () -> hidden(kernels, mlp, table).data(), table.size(), h);
    return Tensor.wrap(all, table.size(), h);
  }

  private Tensor hidden(Kernels kernels, Mlp mlp, EntityTable table) {
    Tensor all = Tensor.zeros(table.size(), mlp.outWidth());
    Tape tape = new Tape(kernels);
    int[] entities = new int[BLOCK];
    for (int from = 0; from < table.size(); from += BLOCK) {
      int n = Math.min(BLOCK, table.size() - from);
      for (int i = 0; i < n; i++) {
        entities[i] = from + i;
      }
      tape.startEvaluation();
      Variable h = mlp.apply(embed(tape, table, Ids.of(entities, n)));
      all.view(from * all.cols(), n, all.cols()).copyFrom(h.matrix());
    }
    return all;
  }

  /** E_L' or E_R' of some entities, [entities, fields * d]. */
  private Variable embed(Tape tape, EntityTable table, Ids entities) {
    return embedding
        .apply(tape, table.pick(tape, entities), false)
        .reshape(entities.size(), width(table));
  }

  @Override
  public int extraFields() {
    return recall.users().rows().fields().size() + recall.items().rows().fields().size();
  }

  @Override
  public Enriched apply(Batch batch, Variable embeddings) {
    return UserPasses.enrich(this, OfUser::new, extraFields(), batch, embeddings);
  }

  /** So many candidates of a user. */
  private final class OfUser implements UserPasses.Pass {
    private final int rows;
    private final Program program;
    private int user;
    private final int[] targets;
    private final int[] pool = new int[recall.pools().itemsPerUser()];
    private final int[] nearest; // positions in the pool, [rows, wide]
    private final int[] alike = new int[kl];

    /** The items that are matched: the pool, or what the candidates have selected one by one. */
    private final int[] matched;

    private final boolean matchesPool;
    private final int[] selected; // places among these, [rows, kr]
    private final ListSearch search;
    private final Kernels kernels;
    private Matrix found; // v_enr

    OfUser(Tape tape, int rows) {
      this.rows = rows;
      kernels = tape.kernels();
      targets = new int[rows];
      nearest = new int[rows * others.wide()];
      matchesPool = pool.length <= rows * kr;
      matched = matchesPool ? pool : new int[rows * kr];
      selected = new int[rows * kr];
      search = ofItems.build(kernels, new ListSearch.Places(targets, pool, others.wide(), nearest));
      program = tape.capture(() -> build(tape));
    }

    @Override
    public void run(UserPasses.Block block, int first, int n) {
      user = block.users()[first];
      for (int i = 0; i < rows; i++) {
        targets[i] = block.items()[first + Math.min(i, n - 1)];
      }
      program.run();
      Matrix to = block.enriched();
      for (int i = 0; i < n; i++) {
        System.arraycopy(
            found.data(), found.at(i, 0), to.data(), to.at(first + i, 0), found.cols());
      }
    }

    private void build(Tape tape) {
      tape.forward(this::select);
      Variable users = embed(tape, recall.users(), Ids.of(alike));
      Variable items = embed(tape, recall.items(), Ids.of(matched));
      Tensor vEnr = tape.allocate(rows, users.value().cols() + items.value().cols());
      found = vEnr.matrix();
      if (hiddenUsers == null) {
        sum(tape, users.matrix(), items);
      } else {
        weigh(tape, users.matrix(), items);
      }
    }

    /** Eq. 1 and 2. */
    private void select() {
      recall.pools().copyItems(user, pool);
      if (lookAlikes == null) {
        alike[0] = user;
      } else {
        System.arraycopy(lookAlikes, user * kl, alike, 0, kl);
      }
      search.run();
      for (int i = 0; i < rows; i++) {
        others.pick(pool, 0, targets[i], nearest, i, selected);
      }
      if (!matchesPool) {
        for (int i = 0; i < selected.length; i++) {
          matched[i] = pool[selected[i]];
          selected[i] = i;
        }
      }
    }

    /** Eq. 6 and 9 to 11. */
    private void weigh(Tape tape, Matrix users, Variable items) {
      MatMulKernel matMul = kernels.matMul();
      Variable ofItems = GatherRows.apply(tape.constant(hiddenItems), Ids.of(matched));
      Variable ofUsers = GatherRows.apply(tape.constant(hiddenUsers), Ids.of(alike));
      Matrix m = Sigmoid.apply(Linear.apply(ofItems, ofUsers, null, Activation.NONE)).matrix();
      Matrix e = items.matrix();
      Tensor columns = tape.allocate(matched.length, kl + e.cols()); // of M^T, and w_i e_i
      tape.forward(() -> columns(m, e, columns.matrix()));
      Variable sums = SumPooling.apply(tape.constant(columns), Ids.of(selected), kr);
      Matrix ofColumns = sums.matrix().columns(0, kl);
      Matrix vd = sums.matrix().columns(kl, e.cols());
      Matrix vc = found.columns(0, users.cols());
      tape.forward(
          () -> {
            matMul.gemm(ofColumns, users, vc, Epilogue.NONE, scale(kl) / kr, 0);
            put(vd, 1);
          });
    }

    /** Of each matched item its column of M, and w_i e_i. */
    private void columns(Matrix m, Matrix e, Matrix to) {
      VectorMath math = kernels.math();
      float scale = scale(kr) / kl;
      for (int i = 0; i < m.rows(); i++) {
        float sum = 0;
        int at = to.at(i, 0);
        int mAt = m.at(i, 0);
        for (int u = 0; u < kl; u++) {
          float x = m.data()[mAt + u];
          to.data()[at + u] = x;
          sum += x;
        }
        math.scale(sum * scale, e.data(), e.at(i, 0), to.data(), at + kl, e.cols(), false);
      }
    }

    /** Sum pooling in the place of Eq. 6 to 10. */
    private void sum(Tape tape, Matrix users, Variable items) {
      Matrix vd = SumPooling.apply(items, Ids.of(selected), kr).matrix();
      tape.forward(
          () -> {
            sumOfUsers(users);
            put(vd, scale(kr));
          });
    }

    /** v_c of the variants that weigh nothing, the same for all rows. */
    private void sumOfUsers(Matrix users) {
      for (int j = 0; j < users.cols(); j++) {
        float sum = 0;
        for (int u = 0; u < kl; u++) {
          sum += users.data()[users.at(u, j)];
        }
        for (int i = 0; i < rows; i++) {
          found.data()[found.at(i, j)] = scale(kl) * sum;
        }
      }
    }

    /** v_d, times a factor, to its place. */
    private void put(Matrix vd, float factor) {
      VectorMath math = kernels.math();
      int column = found.cols() - vd.cols();
      for (int i = 0; i < rows; i++) {
        int to = found.at(i, column);
        math.scale(factor, vd.data(), vd.at(i, 0), found.data(), to, vd.cols(), false);
      }
    }
  }

  /** What embeddings are multiplied with before they are summed. */
  private float scale(int k) {
    return config.pooling() == RarConfig.Pooling.SCALED ? (float) (1 / Math.sqrt(k)) : 1;
  }
}
