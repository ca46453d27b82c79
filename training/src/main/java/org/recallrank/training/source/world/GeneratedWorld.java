package org.recallrank.training.source.world;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.tensor.CounterRandom;
import org.recallrank.training.recall.Pool;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;

/**
 * Data from a made-up world whose truth is known, so that nothing has to be downloaded and the best
 * reachable AUC can be told.
 *
 * <p>Users live in communities, items in categories; both are hidden. What a community thinks of a
 * category decides most of a click, next to the item's quality, the user's readiness to click, hour
 * and device. A user has but a few rows, too few to tell its taste from; other users of its
 * community together have many. A recall stage knows the taste with errors: it finds look-alike
 * users, most of them of the same community, and recall items, most of them of categories that the
 * community likes. About half of the exposures come from the recall items, the others are random.
 *
 * <p>Row n is a function of the seed and n (see {@link CounterRandom}), so any number of rows can
 * be streamed, and rows, users and items need no memory.
 */
public final class GeneratedWorld implements DataSource {
  private static final int HOURS = 24;
  private static final String[] DEVICES = {"phone", "tablet", "computer"};
  private static final int AGE_BANDS = 6;

  /** Tastes have so few dimensions that a model's embeddings can learn them. */
  private static final int TRAITS = 4;

  // Weights of what makes up the logit of a click; tastes, qualities and so on have variance 1.
  private static final double BASE = -1.0;
  private static final double TASTE = 1.05;
  private static final double QUALITY = 0.7;
  private static final double READINESS = 0.3;
  private static final double HOUR = 0.45;
  private static final double DEVICE = 0.3;

  /** How many items the recall stage has for a user; exposures come from these. */
  private static final int RECALLED = 300;

  private static final double RANDOM_EXPOSURES = 0.5;
  private static final double WRONG_RECALLS = 0.15;
  private static final double WRONG_LOOK_ALIKES = 0.3;

  /** How much of a look-alike's score is truth; the rest is noise. */
  private static final double LIKENESS = 0.2;

  private static final double WRONG_AGES = 0.7;
  private static final double WRONG_TOPICS = 0.4;

  /** Rows of users are uneven (density t^-1/3), those of items in a category more so (t^-1/2). */
  private static final double USER_SKEW = 1.5;

  private static final double ITEM_SKEW = 2.0;

  private static final Columns COLUMNS =
      new Columns(
          List.of(
              Column.categorical("user_id", Field.Role.USER),
              Column.categorical("age_band", Field.Role.USER),
              Column.categorical("item_id", Field.Role.ITEM),
              Column.categorical("topic", Field.Role.ITEM),
              Column.categorical("hour", Field.Role.CONTEXT),
              Column.categorical("device", Field.Role.CONTEXT)),
          0,
          2);

  /** What a stream of random numbers is for. */
  private enum Purpose {
    LIKES,
    OFFERS,
    QUALITY,
    READINESS,
    AGE,
    TOPIC,
    RECALL,
    LOOK_ALIKE,
    ROW
  }

  /**
   * The size of a world.
   *
   * @param rows of all splits together
   * @param communities at most half as many as users
   * @param categories at most as many as items
   */
  public record Config(
      long seed,
      long rows,
      int users,
      int items,
      int communities,
      int categories,
      SplitRatios ratios) {

    /**
     * Checks the size.
     *
     * @throws DataException if there is no row, no community or no category, or too few users or
     *     items for them
     */
    public Config {
      if (rows < 1
          || communities < 1
          || categories < 1
          || users < 2 * communities
          || items < categories) {
        throw new DataException(
            ("a generated world needs at least 1 row, 2 users per community and 1 item per "
                    + "category; found %d rows, %d users, %d communities, %d items, %d categories")
                .formatted(rows, users, communities, items, categories));
      }
    }

    /** The default world with this many rows: users have 12 rows on average. */
    public static Config ofRows(long rows, long seed) {
      int users = Math.clamp(rows / 12, 100, Integer.MAX_VALUE / 4);
      int items = Math.clamp(rows / 100, 40, Integer.MAX_VALUE / 4);
      return new Config(seed, rows, users, items, 20, 20, new SplitRatios(7, 1, 2));
    }

    /** The world of the demo. */
    public static Config defaults() {
      return ofRows(100_000, 2024);
    }
  }

  private final Config config;
  private final double[] tastes;

  /** Draws what each community thinks of each category; all else is drawn row by row. */
  public GeneratedWorld(Config config) {
    this.config = config;
    tastes = new double[config.communities * config.categories];
    for (int t = 0; t < tastes.length; t++) {
      tastes[t] = tasteOf(t / config.categories, t % config.categories);
    }
  }

  /** The match of what a community likes and what a category offers in a few hidden traits. */
  private double tasteOf(int community, int category) {
    double sum = 0;
    for (int trait = 0; trait < TRAITS; trait++) {
      sum +=
          bell(seed(Purpose.LIKES, (long) TRAITS * community + trait))
              * bell(seed(Purpose.OFFERS, (long) TRAITS * category + trait));
    }
    return sum / Math.sqrt(TRAITS);
  }

  @Override
  public Columns columns() {
    return COLUMNS;
  }

  @Override
  public Set<Split> splits() {
    return config.ratios.splits();
  }

  @Override
  public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
    RawRow row = new RawRow(COLUMNS.size());
    for (Split split : Split.values()) {
      if (wanted.contains(split)) {
        long end = firstRow(split) + rows(split);
        for (long n = firstRow(split); n < end; n++) {
          Exposure exposure = exposure(n);
          row.tokens[0] = userToken(exposure.user);
          row.tokens[1] = String.valueOf(ageBand(exposure.user));
          row.tokens[2] = itemToken(exposure.item);
          row.tokens[3] = String.valueOf(topic(exposure.item));
          row.tokens[4] = String.valueOf(exposure.hour);
          row.tokens[5] = DEVICES[exposure.device];
          row.label = exposure.clicked ? 1 : 0;
          sink.accept(split, row);
        }
      }
    }
    return List.of();
  }

  /** The rows of a split follow each other: they are independent, so nothing has to be shuffled. */
  private long firstRow(Split split) {
    long[] counts = config.ratios.counts(config.rows);
    return switch (split) {
      case TRAIN -> 0;
      case VALID -> counts[0];
      case TEST -> counts[0] + counts[1];
    };
  }

  /** How many rows a split has. */
  public long rows(Split split) {
    return config.ratios.counts(config.rows)[split.ordinal()];
  }

  /**
   * The true chance of a click of each row of a split, in the order in which {@link #read} hands
   * them out. Nobody can predict better: the AUC of these is the best reachable.
   */
  public float[] probabilities(Split split) {
    float[] probabilities = new float[Math.toIntExact(rows(split))];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = (float) exposure(firstRow(split) + i).probability;
    }
    return probabilities;
  }

  /** One row: who saw what and when. */
  private record Exposure(
      int user, int item, int hour, int device, double probability, boolean clicked) {}

  private Exposure exposure(long row) {
    CounterRandom random = new CounterRandom(seed(Purpose.ROW, row));
    int user = (int) (config.users * Math.pow(random.unit(), USER_SKEW));
    int item =
        random.unit() < RANDOM_EXPOSURES
            ? itemOf((int) random.below(config.categories), random.unit())
            : recalled(user, (int) random.below(RECALLED));
    int hour = (int) random.below(HOURS);
    int device = (int) random.below(DEVICES.length);
    double logit =
        BASE
            + TASTE * taste(user, category(item))
            + QUALITY * bell(seed(Purpose.QUALITY, item))
            + READINESS * bell(seed(Purpose.READINESS, user))
            + HOUR * Math.sqrt(2) * Math.sin(2 * Math.PI * hour / HOURS)
            + DEVICE * Math.sqrt(1.5) * (device - 1);
    double probability = 1 / (1 + Math.exp(-logit));
    return new Exposure(user, item, hour, device, probability, random.unit() < probability);
  }

  int community(int user) {
    return user % config.communities;
  }

  int category(int item) {
    return item % config.categories;
  }

  private double taste(int user, int category) {
    return tastes[community(user) * config.categories + category];
  }

  /** What the data says of a user: wrong more often than not. */
  private int ageBand(int user) {
    CounterRandom random = new CounterRandom(seed(Purpose.AGE, user));
    return random.unit() < WRONG_AGES ? (int) random.below(AGE_BANDS) : community(user) % AGE_BANDS;
  }

  /** What the data says of an item: mostly its category. */
  private int topic(int item) {
    CounterRandom random = new CounterRandom(seed(Purpose.TOPIC, item));
    return random.unit() < WRONG_TOPICS ? (int) random.below(config.categories) : category(item);
  }

  /** An item of a category; {@code unit} in [0, 1) says which. */
  private int itemOf(int category, double unit) {
    int itemsOfCategory = (config.items - 1 - category) / config.categories + 1;
    return category + config.categories * (int) (itemsOfCategory * Math.pow(unit, ITEM_SKEW));
  }

  /** The k-th of the items that the recall stage has for a user; some come twice. */
  private int recalled(int user, int k) {
    CounterRandom random = new CounterRandom(CounterRandom.split(seed(Purpose.RECALL, user), k));
    int category = (int) random.below(config.categories);
    int other = (int) random.below(config.categories);
    boolean wrong = random.unit() < WRONG_RECALLS;
    if (!wrong && taste(user, other) > taste(user, category)) {
      category = other;
    }
    return itemOf(category, random.unit());
  }

  /**
   * The recall items of each user in the table rows of an encoding: what a recall stage knows from
   * sources of its own.
   */
  public Pool recallItems(Encoding encoding, int width) {
    Vocabulary users = encoding.vocabularies().get(COLUMNS.user());
    Vocabulary items = encoding.vocabularies().get(COLUMNS.item());
    int[] itemRows = rows(items, config.items, GeneratedWorld::itemToken);
    Pool pool = Pool.empty(users.size(), width);
    for (int user = 0; user < config.users; user++) {
      int row = users.row(userToken(user));
      if (row != users.outOfVocabulary()) {
        // Scores fall with k, so nothing more gets into a full list.
        for (int k = 0; k < RECALLED && !pool.full(row); k++) {
          int item = itemRows[recalled(user, k)];
          if (item != items.outOfVocabulary()) {
            pool.offer(row, item, (float) (RECALLED - k) / RECALLED);
          }
        }
      }
    }
    return pool;
  }

  /** The look-alike users of each user in the table rows of an encoding. */
  public Pool lookAlikes(Encoding encoding, int width) {
    Vocabulary users = encoding.vocabularies().get(COLUMNS.user());
    int[] rows = rows(users, config.users, GeneratedWorld::userToken);
    Pool pool = Pool.empty(users.size(), width);
    for (int user = 0; user < config.users; user++) {
      int row = rows[user];
      if (row != users.outOfVocabulary()) {
        CounterRandom random = new CounterRandom(seed(Purpose.LOOK_ALIKE, user));
        for (int k = 0; k < 2 * width; k++) {
          int found = lookAlike(user, random);
          int other = rows[found];
          double likeness = community(found) == community(user) ? LIKENESS : 0;
          float score = (float) (likeness + (1 - LIKENESS) * random.unit());
          if (other != users.outOfVocabulary() && other != row) {
            pool.offer(row, other, score);
          }
        }
      }
    }
    return pool;
  }

  private int lookAlike(int user, CounterRandom random) {
    if (random.unit() < WRONG_LOOK_ALIKES) {
      return (int) random.below(config.users);
    }
    int community = community(user);
    int members = (config.users - 1 - community) / config.communities + 1;
    return community + config.communities * (int) random.below(members);
  }

  /** The table row of each number's token: looked up once, as a number is drawn many times. */
  private static int[] rows(Vocabulary vocabulary, int count, IntFunction<String> token) {
    int[] rows = new int[count];
    Arrays.setAll(rows, number -> vocabulary.row(token.apply(number)));
    return rows;
  }

  private static String userToken(int user) {
    return "u" + user;
  }

  private static String itemToken(int item) {
    return "i" + item;
  }

  private long seed(Purpose purpose, long number) {
    return CounterRandom.split(CounterRandom.split(config.seed, purpose.ordinal()), number);
  }

  /** A number of mean 0 and variance 1, bell-shaped: the sum of four uniform ones. */
  private static double bell(long seed) {
    double sum = 0;
    for (int n = 0; n < 4; n++) {
      sum += CounterRandom.unitAt(seed, n) - 0.5;
    }
    return sum * Math.sqrt(3);
  }

  @Override
  public String fingerprint() {
    return "generated world, version 2\n" + config;
  }
}
