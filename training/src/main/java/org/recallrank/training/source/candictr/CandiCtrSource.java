package org.recallrank.training.source.candictr;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.recall.LookAlikes;
import org.recallrank.training.recall.Pool;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitDraw;
import org.recallrank.training.source.SplitRatios;

/**
 * CandiCTR-Pub (Zheng et al., WWW 2022): the sessions of {@code group_all_train_data.pkl} and
 * {@code group_all_test_data.pkl}, one row per item shown. There is no validation file, so some
 * sessions of the first are drawn for it, whole sessions, one in ten by default.
 *
 * <p>User field: user_id. Item fields: sku_id, category_id, brand_id, vendor_id, price. Context:
 * query_id. Of a session the first 100 items shown and the first 305 of its queue count, as with
 * CIM.
 *
 * <p>A session, test ones too, has its own queue for recall items, as far as training shows them:
 * others have no embedding. What a training session shows itself does not count for its own queue.
 * Otherwise its set would reveal what it goes on to show, which the set of a later session cannot;
 * and as an item shown nowhere else has an embedding fitted to that one label, even the click.
 *
 * <p>A user's recall items are for rows that belong to no session, such as those of a CSV file that
 * is scored later: those of the user's training sessions, the last session first. The look-alikes,
 * which the data do not have, are those of {@link LookAlikes}: a user's features are the queries it
 * asked and sku, category and brand of what it clicked. Both come from training sessions only.
 */
public final class CandiCtrSource implements DataSource {
  private static final String TRAIN_FILE = "group_all_train_data.pkl";
  private static final String TEST_FILE = "group_all_test_data.pkl";
  private static final int USER = 0;
  private static final int QUERY = 1;
  private static final int ITEM = 2;

  private static final Columns COLUMNS =
      new Columns(
          List.of(
              Column.categorical("user_id", Field.Role.USER),
              Column.categorical("query_id", Field.Role.CONTEXT),
              Column.categorical("sku_id", Field.Role.ITEM),
              Column.categorical("category_id", Field.Role.ITEM),
              Column.categorical("brand_id", Field.Role.ITEM),
              Column.categorical("vendor_id", Field.Role.ITEM),
              Column.categorical("price", Field.Role.ITEM)),
          USER,
          ITEM);

  /** Those of sku, category and brand, which say what a user likes. */
  private static final int[] TASTE = {2, 3, 4};

  private final Options options;
  private final Path trainFile;
  private final Path testFile;
  private final Map<Path, PickledList> checked = new HashMap<>();
  private final Map<Path, int[]> counted = new HashMap<>();

  /**
   * How the data set is made.
   *
   * @param ratios training and validation sessions of the training file; none for test
   */
  public record Options(SplitRatios ratios, long seed, BadRows badRows) {
    /**
     * Checks the shares.
     *
     * @throws DataException if there is one for test, which has a file of its own
     */
    public Options {
      if (ratios.test() > 0) {
        throw new DataException(
            "split ratios: expected 0 for test, as in 9:1:0, because CandiCTR has a file of its own"
                + " for it; found "
                + ratios.test());
      }
    }

    /** One session in ten for validation. */
    public static Options defaults(long seed) {
      return new Options(new SplitRatios(9, 1, 0), seed, BadRows.FAIL);
    }
  }

  /** Takes one session with its number in its file, from 1. */
  @FunctionalInterface
  private interface SessionSink {
    void accept(Split split, int number, CandiCtrSession session);
  }

  /**
   * Looks for the files; they are read when rows are asked for.
   *
   * @throws DataException if a file is missing
   */
  public CandiCtrSource(Path folder, Options options) {
    this.options = options;
    trainFile = existing(folder, TRAIN_FILE);
    testFile = existing(folder, TEST_FILE);
  }

  private static Path existing(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      throw new DataException(
          folder
              + ": expected a folder with "
              + TRAIN_FILE
              + " and "
              + TEST_FILE
              + ", found no "
              + name);
    }
    return file;
  }

  @Override
  public Columns columns() {
    return COLUMNS;
  }

  @Override
  public Set<Split> splits() {
    EnumSet<Split> splits = EnumSet.copyOf(options.ratios.splits());
    splits.add(Split.TEST);
    return splits;
  }

  @Override
  public boolean hasSessions() {
    return true;
  }

  @Override
  public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
    BadRowLog log = new BadRowLog(options.badRows);
    RawRow row = new RawRow(COLUMNS.size());
    sessions(
        wanted,
        log,
        (split, number, session) -> {
          row.session = number;
          row.tokens[USER] = token(session.user());
          row.tokens[QUERY] = token(session.query());
          for (int i = 0; i < session.labels().length; i++) {
            for (int f = 0; f < CandiCtrSession.ITEM_FIELDS; f++) {
              row.tokens[ITEM + f] = token(session.items()[i * CandiCtrSession.ITEM_FIELDS + f]);
            }
            row.label = session.labels()[i];
            sink.accept(split, row);
          }
        });
    return log.report();
  }

  private static String token(int id) {
    return id == 0 ? null : Integer.toString(id);
  }

  private void sessions(Set<Split> wanted, BadRowLog log, SessionSink sink) {
    if (wanted.contains(Split.TRAIN) || wanted.contains(Split.VALID)) {
      SplitDraw draw = new SplitDraw(options.ratios.counts(good(trainFile)), options.seed);
      sessions(
          trainFile,
          log,
          (number, session) -> {
            if (!draw.hasNext()) {
              throw new DataException(trainFile + ": grew while it was being read");
            }
            Split split = draw.next();
            if (wanted.contains(split)) {
              sink.accept(split, number, session);
            }
          });
    }
    if (wanted.contains(Split.TEST)) {
      int before = all(trainFile); // numbers go on, so that a session's says which it is
      sessions(
          testFile, log, (number, session) -> sink.accept(Split.TEST, before + number, session));
    }
  }

  /** How many sessions of a file can be read. */
  private int good(Path file) {
    return counts(file)[0];
  }

  /** How many sessions a file has, bad ones too. */
  private int all(Path file) {
    return counts(file)[1];
  }

  private int[] counts(Path file) {
    return counted.computeIfAbsent(
        file,
        f -> {
          int[] count = new int[2];
          count[1] = sessions(f, new BadRowLog(options.badRows), (number, session) -> count[0]++);
          return count;
        });
  }

  /** Takes one session of a file. */
  @FunctionalInterface
  private interface NumberedSink {
    void accept(int number, CandiCtrSession session);
  }

  /** Reads a file and gives the number of its last session. */
  private int sessions(Path file, BadRowLog log, NumberedSink sink) {
    int[] number = new int[1];
    checked
        .computeIfAbsent(file, PickledList::new)
        .forEach(
            value -> {
              number[0]++;
              CandiCtrSession session;
              try {
                session = CandiCtrSession.of(value);
              } catch (DataException e) {
                log.add(
                    file,
                    new DataException(file + ", session " + number[0] + ": " + e.getMessage()));
                return;
              }
              sink.accept(number[0], session);
            });
    return number[0];
  }

  /**
   * Recall items.
   *
   * @param ofUsers lists by table row of the user
   * @param ofSessions in the order of the queue; session s has list s - 1
   */
  public record RecallItems(Pool ofUsers, Pool ofSessions) {}

  /**
   * The recall items of users and sessions: of each queue the items that the vocabulary would know
   * without that session.
   *
   * @param minCount with which the encoding was fitted
   * @param width places per list
   */
  public RecallItems recallItems(Encoding encoding, int minCount, int width) {
    Vocabulary users = encoding.vocabularies().get(USER);
    Vocabulary items = encoding.vocabularies().get(ITEM);
    int[] shown = new int[items.size()];
    sessions(
        EnumSet.of(Split.TRAIN),
        new BadRowLog(options.badRows),
        (split, number, session) -> count(session, 1, items, shown));
    Pool ofUsers = Pool.empty(users.size(), width);
    Pool ofSessions = Pool.empty(Math.addExact(all(trainFile), all(testFile)), width);
    sessions(
        EnumSet.allOf(Split.class),
        new BadRowLog(options.badRows),
        (split, number, session) -> {
          boolean training = split == Split.TRAIN;
          int own = training ? 1 : 0;
          count(session, -own, items, shown);
          int user = users.row(token(session.user()));
          int[] queue = session.queue();
          for (int i = 0; i < queue.length; i += CandiCtrSession.ITEM_FIELDS) {
            int item = items.row(token(queue[i]));
            if (item != items.outOfVocabulary() && shown[item] >= minCount) {
              ofSessions.offer(number - 1, item, -i);
              if (training && user != users.outOfVocabulary()) {
                ofUsers.offer(user, item, number);
              }
            }
          }
          count(session, own, items, shown);
        });
    return new RecallItems(ofUsers, ofSessions);
  }

  /** Adds what a session shows to the counts of table rows, so many times. */
  private static void count(CandiCtrSession session, int times, Vocabulary items, int[] shown) {
    int[] of = session.items();
    for (int i = 0; i < of.length; i += CandiCtrSession.ITEM_FIELDS) {
      shown[items.row(token(of[i]))] += times;
    }
  }

  /** The look-alikes of each user. */
  public Pool lookAlikes(Encoding encoding, int width) {
    Vocabulary users = encoding.vocabularies().get(USER);
    LookAlikes lookAlikes = new LookAlikes(users.size());
    read(
        EnumSet.of(Split.TRAIN),
        (split, row) -> {
          int user = users.row(row.tokens[USER]);
          if (user == users.outOfVocabulary()) {
            return;
          }
          addFeature(lookAlikes, user, QUERY, row);
          for (int column : TASTE) {
            if (row.label > 0) {
              addFeature(lookAlikes, user, column, row);
            }
          }
        });
    return lookAlikes.pool(width);
  }

  private static void addFeature(LookAlikes lookAlikes, int user, int column, RawRow row) {
    if (row.tokens[column] != null) {
      lookAlikes.add(user, column + " " + row.tokens[column]);
    }
  }

  @Override
  public String fingerprint() {
    return "candictr, version 3\n"
        + options
        + "\n"
        + TextFile.fingerprint(trainFile)
        + "\n"
        + TextFile.fingerprint(testFile);
  }
}
