package org.recallrank.cli.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.HashSet;
import java.util.Set;
import org.recallrank.autograd.Tape;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.CtrModel;
import org.recallrank.model.enrich.Matched;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.data.Dataset;

/** Matching matrices M (Eq. 6) of a few rows, with the users and items by their ids in the data. */
final class MatchingExamples {
  private static final int EXAMPLES = 3;
  private static final int ROWS = 512;

  private MatchingExamples() {}

  /** The first rows of different known users; empty for a variant without M. */
  static JsonArray of(CtrModel model, Kernels kernels, Dataset rows, Encoding encoding) {
    Tape tape = new Tape(kernels);
    model.enricher().refresh(kernels);
    tape.startEvaluation();
    Batch batch =
        rows.fill(new BatchBuffer(rows.schema(), ROWS), 0, (int) Math.min(ROWS, rows.rows()));
    Matched matched = model.forward(tape, batch).enriched().matched();
    JsonArray examples = new JsonArray();
    if (matched.matching() == null) {
      return examples;
    }
    Vocabulary users = encoding.vocabularies().get(rows.schema().user());
    Vocabulary items = encoding.vocabularies().get(rows.schema().item());
    Set<Integer> seen = new HashSet<>();
    for (int b = 0; b < batch.size() && examples.size() < EXAMPLES; b++) {
      int user = batch.users()[b];
      if (user > 0 && user < users.outOfVocabulary() && seen.add(user)) {
        examples.add(example(matched, batch, b, users, items));
      }
    }
    return examples;
  }

  private static JsonObject example(
      Matched m, Batch batch, int b, Vocabulary users, Vocabulary items) {
    JsonObject json = new JsonObject();
    json.addProperty("user", token(users, batch.users()[b]));
    json.addProperty("item", token(items, batch.items()[b]));
    json.addProperty("clicked", batch.labels()[b] == 1);
    JsonArray lookAlikes = new JsonArray();
    JsonArray recallItems = new JsonArray();
    JsonArray matrix = new JsonArray();
    int kl = m.lookAlikes();
    int kr = m.recallItems();
    for (int i = 0; i < kr; i++) {
      recallItems.add(token(items, m.items().get(b * kr + i)));
    }
    for (int u = 0; u < kl; u++) {
      lookAlikes.add(token(users, m.users().get(b * kl + u)));
      JsonArray row = new JsonArray();
      for (int i = 0; i < kr; i++) {
        row.add(Math.round(m.matching().get((b * kl + u) * kr + i) * 1e4) / 1e4);
      }
      matrix.add(row);
    }
    json.add("lookAlikes", lookAlikes);
    json.add("recallItems", recallItems);
    json.add("matrix", matrix);
    return json;
  }

  private static String token(Vocabulary vocabulary, int row) {
    return row > 0 && row < vocabulary.outOfVocabulary() ? vocabulary.token(row) : "unknown";
  }
}
