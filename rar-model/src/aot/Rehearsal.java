import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.Features;
import org.recallrank.model.serve.Ranker;

/**
 * What {@code aot-cache.sh} has a JVM do while it notes what an AOT cache is to hold: loads a run
 * and scores a few requests, as a service would first. Not part of any jar: nobody who embeds needs
 * it.
 */
final class Rehearsal {
  private static final int CANDIDATES = 100;
  private static final int REQUESTS = 20;

  private Rehearsal() {}

  public static void main(String[] arguments) {
    try (Ranker ranker = Ranker.load(Path.of(arguments[0]))) {
      Features user = new Features(null, values(ranker.encoding().schema(), Field.Role.USER));
      Features item = new Features(null, values(ranker.encoding().schema(), Field.Role.ITEM));
      Map<String, String> context = values(ranker.encoding().schema(), Field.Role.CONTEXT);
      List<Features> items = IntStream.range(0, CANDIDATES).mapToObj(i -> item).toList();
      for (int i = 0; i < REQUESTS; i++) {
        ranker.score(user, items, context);
        ranker.rank(user, items, context, 10);
        if (ranker.itemCount() > 0 && ranker.encoding().schema().user() >= 0) {
          byId(ranker, context);
        }
      }
      System.out.print(ranker.describe());
    }
  }

  /** Users and items out of the run's tables, and a session. */
  private static void byId(Ranker ranker, Map<String, String> context) {
    List<String> ids =
        IntStream.rangeClosed(1, Math.min(CANDIDATES, ranker.itemCount()))
            .mapToObj(ranker::itemId)
            .toList();
    ranker.score("1", ids, context);
    int[] rows = ids.stream().mapToInt(ranker::itemRow).toArray();
    ranker
        .session()
        .score(
            ranker.userRow("1"),
            rows,
            rows.length,
            ranker.contextIds(context),
            new float[rows.length]);
  }

  private static Map<String, String> values(Schema schema, Field.Role role) {
    Map<String, String> values = new HashMap<>();
    for (int f : schema.fieldsOf(role)) {
      values.put(schema.fields().get(f).name(), "1");
    }
    return values;
  }
}
