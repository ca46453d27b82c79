package org.recallrank.cli.recommend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recallrank.model.config.Nearest;
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
 * Who wants lists: a CSV file with a header and a column named as the user field of the run.
 * Columns named as further fields of the user, or of the context, give their values; others are
 * ignored.
 */
final class UserFile implements AutoCloseable {
  private final Ranker ranker;
  private final CsvFile csv;
  private final BadRowLog log = new BadRowLog(BadRows.FAIL);
  private final int user;
  private final FieldColumns userColumns;
  private final FieldColumns contextColumns;
  private final Map<String, String> context;

  /**
   * Opens the file.
   *
   * @param context values for all rows, by field
   * @throws DataException if the user, or a field of the context, is neither there nor given, or a
   *     field is given twice
   */
  UserFile(Path file, Ranker ranker, Map<String, String> context) {
    this.ranker = ranker;
    this.context = context;
    Schema schema = ranker.encoding().schema();
    csv = CsvFile.open(file);
    try {
      user = csv.indexOf(schema.fields().get(schema.user()).name());
      userColumns = new FieldColumns(csv, schema, Field.Role.USER);
      contextColumns = new FieldColumns(csv, schema, Field.Role.CONTEXT);
      checkContext(schema);
    } catch (DataException e) {
      csv.close();
      throw e;
    }
  }

  private void checkContext(Schema schema) {
    List<String> fields = new ArrayList<>();
    for (int f : schema.fieldsOf(Field.Role.CONTEXT)) {
      fields.add(schema.fields().get(f).name());
    }
    for (String name : context.keySet()) {
      if (!fields.contains(name)) {
        throw new DataException(
            "--context: there is no context field "
                + name
                + Nearest.hint(name, fields)
                + "; expected "
                + fields);
      }
      if (contextColumns.contains(name)) {
        throw new DataException(
            "--context "
                + name
                + ": expected one value, but "
                + csv.file()
                + " has a column of it");
      }
    }
    for (String name : fields) {
      if (!context.containsKey(name) && !contextColumns.contains(name)) {
        throw new DataException(
            csv.file()
                + ": expected a column of the context field "
                + name
                + ", or --context "
                + name
                + "=VALUE; the header has "
                + csv.header());
      }
    }
  }

  /** The next users, as many as there are up to {@code most}. */
  List<UserRequest> next(int most) {
    List<UserRequest> requests = new ArrayList<>(most);
    while (requests.size() < most && csv.next(log)) {
      requests.add(request());
    }
    return requests;
  }

  private UserRequest request() {
    String id = csv.get(user);
    Map<String, String> inContext = new LinkedHashMap<>(context);
    inContext.putAll(contextColumns.values());
    try {
      return new UserRequest(
          id, ranker.userIds(new Features(id, userColumns.values())), ranker.contextIds(inContext));
    } catch (IllegalArgumentException e) {
      throw Malformed.row(csv.file(), csv.line(), e.getMessage());
    }
  }

  @Override
  public void close() {
    csv.close();
  }
}
