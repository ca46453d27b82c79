package org.recallrank.training.recall;

import java.nio.file.Path;
import java.util.List;
import org.recallrank.model.files.TextFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Numbers;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.csv.CsvFile;

/**
 * Pools that another recall stage has made: a CSV file with a header and the columns {@code user,
 * item, score} (recall items) or {@code user, user, score} (look-alike users), higher scores
 * better. Names of the columns do not matter, their order does. Rows may be in any order.
 *
 * @param pool the best of each user
 * @param rows rows read
 * @param unknownUsers rows whose user is not in the training data, left out
 * @param unknownMembers rows whose item (or second user) is not in it, left out
 * @param selves rows that name a user as its own look-alike, left out
 */
public record PoolFile(
    Pool pool,
    long rows,
    long unknownUsers,
    long unknownMembers,
    long selves,
    List<SkippedRows> skipped) {
  private static final int COLUMNS = 3;

  /** Reads recall items. */
  public static PoolFile items(Path file, Encoding encoding, int width, BadRows badRows) {
    return new Reader(file, users(encoding), items(encoding), false).read(width, badRows);
  }

  /** Reads look-alike users. */
  public static PoolFile users(Path file, Encoding encoding, int width, BadRows badRows) {
    return new Reader(file, users(encoding), users(encoding), true).read(width, badRows);
  }

  /** What tells a file from another one, or from what it was before. */
  public static String fingerprint(Path file) {
    return TextFile.fingerprint(file);
  }

  private static Vocabulary users(Encoding encoding) {
    return encoding.vocabularies().get(encoding.schema().user());
  }

  private static Vocabulary items(Encoding encoding) {
    return encoding.vocabularies().get(encoding.schema().item());
  }

  private static final class Reader {
    private final Path file;
    private final Vocabulary users;
    private final Vocabulary members;
    private final boolean ofUsers;
    private long rows;
    private long unknownUsers;
    private long unknownMembers;
    private long selves;

    Reader(Path file, Vocabulary users, Vocabulary members, boolean ofUsers) {
      this.file = file;
      this.users = users;
      this.members = members;
      this.ofUsers = ofUsers;
    }

    PoolFile read(int width, BadRows badRows) {
      Pool pool = Pool.empty(users.size(), width);
      BadRowLog log = new BadRowLog(badRows);
      try (CsvFile csv = CsvFile.open(file)) {
        if (csv.header().size() != COLUMNS) {
          throw new DataException(
              file
                  + ": expected the columns user, "
                  + (ofUsers ? "user" : "item")
                  + ", score; the header has "
                  + csv.header());
        }
        while (csv.next(log)) {
          float score = Numbers.parse(csv.get(2));
          if (Float.isNaN(score)) {
            String column = csv.header().get(2);
            log.add(file, Malformed.value(file, csv.line(), column, "a finite number", csv.get(2)));
          } else {
            rows++;
            offer(pool, csv.get(0), csv.get(1), score);
          }
        }
      }
      return new PoolFile(pool, rows, unknownUsers, unknownMembers, selves, log.report());
    }

    private void offer(Pool pool, String userToken, String memberToken, float score) {
      int user = users.row(userToken);
      int member = members.row(memberToken);
      if (user == users.outOfVocabulary()) {
        unknownUsers++;
      } else if (member == members.outOfVocabulary()) {
        unknownMembers++;
      } else if (ofUsers && user == member) {
        selves++;
      } else {
        pool.offer(user, member, score);
      }
    }
  }
}
