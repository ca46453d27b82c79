package org.recallrank.model.serve;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Workers;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;

/**
 * A trained model in a service: click probabilities of a user's candidate items.
 *
 * <pre>{@code
 * try (Ranker ranker = Ranker.load(Path.of("runs/a"))) {
 *   float[] p = ranker.score("u42", List.of("i7", "i9"), Map.of("hour", "17"));
 *   List<Ranker.Ranked> top = ranker.rank("u42", candidates, context, 10);
 * }
 * }</pre>
 *
 * <p>Fields of the user and the item come from the tables of users and items that the run holds
 * (their first row in the training data), or are given by name ({@link Features}), also for those
 * that training never saw. What is unknown gets what {@code recallrank predict} gives it: a token
 * that is not in the vocabulary, and a missing one, the out-of-vocabulary row; a missing number 0;
 * tokens past a sequence's length are left out. A user or an item of which nothing but an unknown
 * id is given is one whose fields are all out-of-vocabulary, and whose numbers are 0. With RAR and
 * CIM it has the pool that the recall stage made for unknown users.
 *
 * <p>A probability has the bits that {@code recallrank predict} gives the same row on the same
 * kernels, whatever else is in the request, on whatever thread.
 *
 * <p>Immutable once loaded: any number of threads may share it. Those who cannot afford the strings
 * and arrays of a call take a {@link #session} each.
 *
 * <p>What a request still does, model by model: its embeddings are looked up; the base model's
 * layers run, batch normalisation being part of the layers before it (but DeepIM's over its
 * interactions, which has none before it); with FRNet both units; with RAR what {@code
 * org.recallrank.model.enrich.RarServing} says, line by line against the equations; with CIM the
 * user's candidates once and the rest per row.
 */
public final class Ranker implements AutoCloseable {
  private final Path folder;
  private final FrozenModel frozen;
  private final RoleFields users;
  private final RoleFields items;
  private final RoleFields context;
  private final Workers workers; // that share a large request
  private final ScorerPool scorers;
  private volatile boolean closed;

  private Ranker(Builder builder) {
    folder = builder.folder;
    workers = Workers.create(builder.threads);
    Workers alone = Workers.create(1);
    try {
      KernelSelector.Selection selection = new KernelSelector().select(builder.kernels, alone);
      if (selection.kernels().name().equals("opencl")) {
        throw new IllegalArgumentException(
            "kernels: expected simd or scalar, which serve on the host; found opencl");
      }
      frozen = FrozenModel.load(folder, selection.kernels());
    } catch (RuntimeException e) {
      workers.close();
      alone.close();
      throw e;
    }
    users = new RoleFields(frozen.encoding(), Field.Role.USER, frozen.entities().users());
    items = new RoleFields(frozen.encoding(), Field.Role.ITEM, frozen.entities().items());
    context = new RoleFields(frozen.encoding(), Field.Role.CONTEXT, null);
    scorers = new ScorerPool(frozen, Math.max(builder.threads, processors()));
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Loads a run folder with defaults for all else.
   *
   * @throws DataException if a file of it is missing, damaged or does not fit the others
   */
  public static Ranker load(Path folder) {
    return builder(folder).build();
  }

  /** A ranker of a run folder, to be set up. */
  public static Builder builder(Path folder) {
    return new Builder(folder);
  }

  /** How a ranker is loaded. Serves one thread. */
  public static final class Builder {
    private final Path folder;
    private String kernels;
    private int threads = 1;
    private boolean warmUp;

    private Builder(Path folder) {
      this.folder = folder;
    }

    /** The backend, {@code simd} or {@code scalar}; the fastest that works here if not set. */
    public Builder kernels(String name) {
      kernels = name;
      return this;
    }

    /**
     * How many threads share one large request, or the rows of {@link Ranker#score(Batch)}; 1 if
     * not set. A service with many requests at once wants 1.
     */
    public Builder threads(int count) {
      if (count < 1) {
        throw new IllegalArgumentException("threads: expected at least 1, found " + count);
      }
      threads = count;
      return this;
    }

    /**
     * Whether {@link #build} first scores made-up requests for two seconds, so that the first real
     * ones find compiled code; not if not set.
     */
    public Builder warmUp(boolean asked) {
      warmUp = asked;
      return this;
    }

    /**
     * Loads the run.
     *
     * @throws DataException if a file of it is missing, damaged or does not fit the others
     * @throws IllegalStateException if the backend asked for is unknown or does not work here
     */
    public Ranker build() {
      Ranker ranker = new Ranker(this);
      if (warmUp) {
        WarmUp.run(ranker.frozen);
      }
      return ranker;
    }
  }

  /**
   * A candidate in its place.
   *
   * @param item its id; null if it has none
   * @param index its place among the candidates that were asked for, from 0
   */
  public record Ranked(String item, int index, float probability) {}

  /**
   * The click probability of each item, in their order.
   *
   * @param context a value of each field of neither user nor item, by name; empty: missing
   * @throws IllegalArgumentException naming the field if one is missing or unknown or has a value
   *     that is none
   */
  public float[] score(String user, List<String> items, Map<String, String> context) {
    return score(Features.of(user), items.stream().map(Features::of).toList(), context);
  }

  /** The same of a user and items of which some fields, or all, are given by name. */
  public float[] score(Features user, List<Features> items, Map<String, String> context) {
    int[] ofUser = users.encode(user);
    int[] ofContext = this.context.encode(context);
    int[][] ofItems = new int[items.size()][];
    Arrays.setAll(ofItems, i -> this.items.encode(items.get(i)));
    float[] out = new float[ofItems.length];
    Items byName = (i, rows, row) -> this.items.putEncoded(ofItems[i], rows, row);
    inBlocks(
        out.length,
        (scorer, from, to) -> {
          fill(scorer.rows(), ofUser, ofContext, byName, from, to);
          scorer.score(to - from, out, from);
        });
    return out;
  }

  /**
   * The candidates with the largest probabilities, the largest first; of equal ones the one that
   * was named first.
   *
   * @param top how many at most
   */
  public List<Ranked> rank(
      String user, List<String> candidates, Map<String, String> context, int top) {
    return rank(Features.of(user), candidates.stream().map(Features::of).toList(), context, top);
  }

  /** The same of a user and items of which some fields, or all, are given by name. */
  public List<Ranked> rank(
      Features user, List<Features> candidates, Map<String, String> context, int top) {
    float[] p = score(user, candidates, context);
    return TopRows.of(p, top)
        .mapToObj(i -> new Ranked(items.id(candidates.get(i)), i, p[i]))
        .toList();
  }

  /**
   * The probabilities of encoded rows, in their order; with RAR and CIM rows of one user are scored
   * together.
   */
  public float[] score(Batch batch) {
    int[] order = RowOrder.of(batch, frozen.header().spec().needsRecall());
    float[] out = new float[batch.size()];
    inBlocks(
        out.length,
        (scorer, from, to) -> {
          RowOrder.copy(batch.rows(), order, from, to, scorer.rows());
          float[] some = new float[to - from];
          scorer.score(to - from, some, 0);
          for (int i = from; i < to; i++) {
            out[order[i]] = some[i - from];
          }
        });
    return out;
  }

  @FunctionalInterface
  private interface Block {
    void score(BlockScorer scorer, int from, int to);
  }

  /** Puts item i of a request into a row of a block. */
  @FunctionalInterface
  private interface Items {
    void put(int i, Rows rows, int row);
  }

  /** Fills a block with the items from .. to of a user's request. */
  private void fill(Rows rows, int[] userIds, int[] contextIds, Items put, int from, int to) {
    users.putEncoded(userIds, rows, 0);
    users.repeatFirst(rows, to - from);
    context.putEncoded(contextIds, rows, 0);
    context.repeatFirst(rows, to - from);
    for (int i = from; i < to; i++) {
      put.put(i, rows, i - from);
    }
  }

  /** Rows are shared evenly among as few blocks as hold them. */
  private void inBlocks(int rows, Block block) {
    checkOpen();
    int blocks = Workers.chunks(rows, BlockScorer.ROWS);
    workers.forChunks(
        blocks,
        b -> {
          BlockScorer scorer = scorers.take();
          try {
            block.score(scorer, begin(rows, blocks, b), begin(rows, blocks, b + 1));
          } finally {
            scorers.giveBack(scorer);
          }
        });
  }

  private static int begin(int rows, int blocks, int block) {
    return (int) ((long) rows * block / blocks);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the ranker of " + folder + " is closed");
    }
  }

  /**
   * The table row of a user, for a {@link Session}.
   *
   * @throws IllegalArgumentException if the run has no table of users
   */
  public int userRow(String user) {
    return users.row(user);
  }

  /** The table row of an item; fails as {@link #userRow}. */
  public int itemRow(String item) {
    return items.row(item);
  }

  /**
   * The fields of neither user nor item as a {@link Session} takes them: of each in order its table
   * rows ({@code maxLength} of a sequence), or the bits of its number ({@link
   * Float#floatToRawIntBits}).
   *
   * @param context a value of each, by name
   * @throws IllegalArgumentException naming the field if one is missing, unknown or no number
   */
  public int[] contextIds(Map<String, String> context) {
    return this.context.encode(context);
  }

  /**
   * A user as a {@link Session} takes it if some of its fields are given by name, encoded as {@link
   * #contextIds} are.
   *
   * @throws IllegalArgumentException as {@link #score(Features, List, Map)}
   */
  public int[] userIds(Features user) {
    return users.encode(user);
  }

  /** The same of an item. */
  public int[] itemIds(Features item) {
    return items.encode(item);
  }

  /**
   * How many items the run's table holds: they have the table rows from 1 to this. 0 if there is no
   * table.
   */
  public int itemCount() {
    return Math.max(0, items.size() - 2); // padding and unknown ones are no items
  }

  /**
   * The id of an item of the table; empty if the row has none, as may be in an imported run.
   *
   * @param row 1 to {@link #itemCount}
   * @throws IllegalArgumentException if there is no such row
   */
  public String itemId(int row) {
    if (row > itemCount()) {
      throw new IllegalArgumentException(
          "item row: expected 1 to %d, found %d".formatted(itemCount(), row));
    }
    return frozen.encoding().vocabularies().get(frozen.encoding().schema().item()).token(row);
  }

  /** Whether the run holds a pool of recall items for each user: with RAR and CIM. */
  public boolean hasPools() {
    return frozen.pools() != null;
  }

  /**
   * The recall items of a user, best first, as table rows.
   *
   * @param userRow {@link #userRow}
   * @throws IllegalStateException if there are no {@linkplain #hasPools pools}
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public int[] recallItems(int userRow) {
    if (!hasPools()) {
      throw new IllegalStateException("the run of " + folder + " holds no pools");
    }
    users.checkRow(userRow);
    int[] rows = new int[frozen.pools().itemsPerUser()];
    frozen.pools().copyItems(userRow, rows);
    return Arrays.stream(rows).filter(row -> row >= 1 && row <= itemCount()).toArray();
  }

  /** A session for one thread at a time. It serves as long as the ranker is open. */
  public Session session() {
    checkOpen();
    return new Session(this);
  }

  /** Scores by row numbers, and allocates nothing in steady state. Serves one thread at a time. */
  public static final class Session {
    private final Ranker ranker;
    private final BlockScorer scorer;
    private final int[] user; // encoded
    private final TableItems tableItems;

    private Session(Ranker ranker) {
      this.ranker = ranker;
      scorer = new BlockScorer(ranker.frozen);
      user = new int[ranker.users.width()];
      tableItems = new TableItems(ranker.items);
    }

    /** Items by table row: one object for all calls, as they make none. */
    private static final class TableItems implements Items {
      private final RoleFields fields;
      private int[] table;
      private int begin;

      TableItems(RoleFields fields) {
        this.fields = fields;
      }

      TableItems of(int[] itemRows, int first) {
        table = itemRows;
        begin = first;
        return this;
      }

      @Override
      public void put(int i, Rows rows, int row) {
        fields.checkRow(table[begin + i]);
        fields.putEntity(table[begin + i], rows, row);
      }
    }

    /**
     * The click probabilities of a user with n items.
     *
     * @param userRow {@link Ranker#userRow}
     * @param itemRows {@link Ranker#itemRow} of each item
     * @param contextIds {@link Ranker#contextIds}
     * @param out receives n probabilities
     * @throws IndexOutOfBoundsException if there is no such row, or an array is too short
     */
    public void score(int userRow, int[] itemRows, int n, int[] contextIds, float[] out) {
      ranker.users.checkRow(userRow);
      if (n > itemRows.length || n > out.length || contextIds.length < ranker.context.width()) {
        throw new IndexOutOfBoundsException(
            "expected %d items, room for as many probabilities and %d context ids, found %d, %d, %d"
                .formatted(
                    n, ranker.context.width(), itemRows.length, out.length, contextIds.length));
      }
      ranker.users.encodeRow(userRow, user);
      score(user, contextIds, n, tableItems.of(itemRows, 0), out);
    }

    /**
     * The same of a user of whom some fields are given by name, with the items at the places {@code
     * begin} to {@code end} - 1.
     *
     * @param userIds {@link Ranker#userIds}
     * @param out receives {@code end - begin} probabilities
     */
    public void score(
        int[] userIds, int[] itemRows, int begin, int end, int[] contextIds, float[] out) {
      score(userIds, contextIds, end - begin, tableItems.of(itemRows, begin), out);
    }

    /**
     * The same with items of which some fields are given by name.
     *
     * @param itemIds {@link Ranker#itemIds} of each item
     */
    public void score(
        int[] userIds, List<int[]> itemIds, int begin, int end, int[] contextIds, float[] out) {
      score(
          userIds,
          contextIds,
          end - begin,
          (i, rows, row) -> ranker.items.putEncoded(itemIds.get(begin + i), rows, row),
          out);
    }

    private void score(int[] userIds, int[] contextIds, int n, Items items, float[] out) {
      ranker.checkOpen();
      int blocks = Workers.chunks(n, BlockScorer.ROWS);
      for (int b = 0; b < blocks; b++) {
        int from = begin(n, blocks, b);
        int to = begin(n, blocks, b + 1);
        ranker.fill(scorer.rows(), userIds, contextIds, items, from, to);
        scorer.score(to - from, out, from);
      }
    }
  }

  /** How rows become numbers. */
  public Encoding encoding() {
    return frozen.encoding();
  }

  /** Model and enricher, such as {@code dcnv2 + rar}. */
  public String title() {
    return frozen.header().spec().title();
  }

  /** Name of the column that held the clicks in training. */
  public String label() {
    return frozen.header().label();
  }

  /** The model's fields, in the order in which it sees them. */
  public List<Field> fields() {
    return frozen.encoding().schema().fields();
  }

  /** The backend that it computes with: {@code simd} or {@code scalar}. */
  public String kernels() {
    return frozen.kernels().name();
  }

  /** Some lines for people: what is served, from where, on what. */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%s from %s%n%,d parameters, %s kernels, %d %s per request%n"
            + "user fields %s, item fields %s, context fields %s%n",
        title(),
        folder,
        frozen.parameters(),
        kernels(),
        workers.threads(),
        workers.threads() == 1 ? "thread" : "threads",
        users.names(),
        items.names(),
        context.names());
  }

  /** Ends its threads; what is being scored is finished, and later calls fail. */
  @Override
  public void close() {
    closed = true;
    workers.close();
  }
}
