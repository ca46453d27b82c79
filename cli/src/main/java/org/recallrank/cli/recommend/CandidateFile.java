package org.recallrank.cli.recommend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.Features;
import org.recallrank.model.serve.Ranker;
import org.recallrank.training.source.BadRowLog;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.Malformed;
import org.recallrank.training.source.csv.CsvFile;

/**
 * The candidates of all users from a file: CSV whose header has the item field of the run, and
 * perhaps further ones of the item, or one id a line without a header. An item that stands there
 * twice counts once.
 */
final class CandidateFile implements Candidates.Items {
  private final Ranker ranker;
  private final List<String> ids = new ArrayList<>();
  private final List<int[]> encoded = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private CandidateFile(Ranker ranker) {
    this.ranker = ranker;
  }

  /**
   * Reads a file.
   *
   * @throws DataException if it is neither of the two, or a value is wrong
   */
  static Candidates read(Path file, Ranker ranker) {
    CandidateFile items = new CandidateFile(ranker);
    Schema schema = ranker.encoding().schema();
    String name = schema.fields().get(schema.item()).name();
    try (CsvFile csv = CsvFile.open(file)) {
      boolean hasHeader = csv.header().contains(name);
      if (!hasHeader && csv.header().size() > 1) {
        throw new DataException(
            file
                + ": expected a column "
                + name
                + " in the header, or one id a line and nothing else; the first line has "
                + csv.header());
      }
      int key = hasHeader ? csv.indexOf(name) : 0;
      FieldColumns columns = new FieldColumns(csv, schema, Field.Role.ITEM);
      if (!hasHeader) {
        items.add(csv, csv.header().get(0), Map.of());
      }
      BadRowLog log = new BadRowLog(BadRows.FAIL);
      while (csv.next(log)) {
        items.add(csv, csv.get(key), columns.values());
      }
    }
    items.seen.clear();
    if (items.size() == 0) {
      throw new DataException(file + ": expected candidates behind the header, found none");
    }
    return user -> items;
  }

  private void add(CsvFile csv, String id, Map<String, String> values) {
    if (!seen.add(id)) {
      return;
    }
    try {
      encoded.add(ranker.itemIds(new Features(id, values)));
    } catch (IllegalArgumentException e) {
      throw Malformed.row(csv.file(), csv.line(), e.getMessage());
    }
    ids.add(id);
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public String id(int place) {
    return ids.get(place);
  }

  @Override
  public void score(Ranker.Session on, UserRequest user, int begin, int end, float[] out) {
    on.score(user.ids(), encoded, begin, end, user.context(), out);
  }
}
