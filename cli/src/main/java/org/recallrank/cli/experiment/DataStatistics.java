package org.recallrank.cli.experiment;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.Arrays;
import org.recallrank.model.files.Json;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.MetricsJson;
import org.recallrank.training.source.Split;

/**
 * What the paper's Figure 2 shows of Taobao, for any data set, over the clicks of the training
 * rows: scarcity (how few of all items a user has clicked) and homogeneity (how much of a user's
 * activity lies in its few largest categories).
 */
public final class DataStatistics {
  private static final int BLOCK = 8192;
  private static final int TOP = 10;

  /** Users with fewer clicks say nothing of concentration: one click is always in one category. */
  private static final int ACTIVE = 5;

  private DataStatistics() {}

  /** Sizes always; scarcity and homogeneity where the schema names users and items. */
  public static JsonObject of(DatasetFolder data) {
    Schema schema = data.schema();
    JsonObject json = new JsonObject();
    json.add("rows", MetricsJson.rows(data));
    JsonArray fields = new JsonArray();
    for (Field field : schema.fields()) {
      JsonObject f = new JsonObject();
      f.addProperty("name", field.name());
      f.addProperty("role", field.role().name().toLowerCase(java.util.Locale.ROOT));
      f.addProperty("values", Math.max(0, field.vocabularySize() - 2));
      fields.add(f);
    }
    json.add("fields", fields);
    if (schema.user() >= 0 && schema.item() >= 0) {
      int category = category(schema);
      long[][] clicks = clicks(data.split(Split.TRAIN), category);
      int items = schema.fields().get(schema.item()).vocabularySize() - 2;
      json.add("scarcity", scarcity(clicks[0], items));
      json.add(
          "homogeneity",
          category < 0 ? JsonNull.INSTANCE : homogeneity(clicks[1], schema.fields().get(category)));
    }
    return json;
  }

  /** An item's second field; without one, the first of the context; -1 if there is none. */
  private static int category(Schema schema) {
    for (Field.Role role : new Field.Role[] {Field.Role.ITEM, Field.Role.CONTEXT}) {
      for (int f : schema.fieldsOf(role)) {
        if (f != schema.item() && schema.fields().get(f).type() == Field.Type.CATEGORICAL) {
          return f;
        }
      }
    }
    return -1;
  }

  /** (user, item) and (user, category) of every click, each sorted. */
  private static long[][] clicks(Dataset training, int category) {
    BatchBuffer buffer = new BatchBuffer(training.schema(), BLOCK);
    long[] items = new long[Math.toIntExact(training.rows())];
    long[] categories = new long[category < 0 ? 0 : items.length];
    int n = 0;
    for (long row = 0; row < training.rows(); row += BLOCK) {
      Batch batch = training.fill(buffer, row, (int) Math.min(BLOCK, training.rows() - row));
      for (int b = 0; b < batch.size(); b++) {
        if (batch.labels()[b] == 1) {
          long user = (long) batch.users()[b] << 32;
          items[n] = user | batch.items()[b];
          if (category >= 0) {
            categories[n] = user | batch.rows().ids()[category][b];
          }
          n++;
        }
      }
    }
    items = Arrays.copyOf(items, n);
    categories = Arrays.copyOf(categories, category < 0 ? 0 : n);
    Arrays.sort(items);
    Arrays.sort(categories);
    return new long[][] {items, categories};
  }

  /** Users by how many different items they clicked: 1, 2, 3-4, 5-8 and so on. */
  private static JsonObject scarcity(long[] clicks, int items) {
    long[] users = new long[32];
    long count = 0;
    long distinctItems = 0;
    for (int from = 0, to; from < clicks.length; from = to) {
      int distinct = 0;
      for (to = from; to < clicks.length && clicks[to] >> 32 == clicks[from] >> 32; to++) {
        distinct += to == from || clicks[to] != clicks[to - 1] ? 1 : 0;
      }
      users[32 - Integer.numberOfLeadingZeros(distinct - 1)]++;
      count++;
      distinctItems += distinct;
    }
    JsonArray labels = new JsonArray();
    JsonArray shares = new JsonArray();
    int last = 0;
    for (int b = 0; b < users.length; b++) {
      last = users[b] > 0 ? b : last;
    }
    for (int b = 0; b <= last; b++) {
      int low = b == 0 ? 1 : (1 << (b - 1)) + 1;
      labels.add(low == 1 << b ? Integer.toString(low) : low + "-" + (1 << b));
      shares.add(count == 0 ? 0 : (double) users[b] / count);
    }
    JsonObject json = new JsonObject();
    json.addProperty("items", items);
    json.addProperty("users", count);
    json.add("itemsPerUser", Json.number((double) distinctItems / count));
    json.add("labels", labels);
    json.add("shares", shares);
    return json;
  }

  /** Mean share of a user's clicks that its k largest categories hold. */
  private static JsonObject homogeneity(long[] clicks, Field category) {
    double[] share = new double[TOP];
    long users = 0;
    for (int from = 0, to; from < clicks.length; from = to) {
      to = from;
      while (to < clicks.length && clicks[to] >> 32 == clicks[from] >> 32) {
        to++;
      }
      if (to - from < ACTIVE) {
        continue;
      }
      users++;
      long[] counts = new long[to - from];
      int distinct = 0;
      for (int i = from; i < to; i++) {
        distinct += i > from && clicks[i] != clicks[i - 1] ? 1 : 0;
        counts[distinct]--; // negative, so that sorting puts the largest first
      }
      Arrays.sort(counts);
      long sum = 0;
      for (int k = 0; k < TOP; k++) {
        sum -= k < counts.length ? counts[k] : 0;
        share[k] += (double) sum / (to - from);
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty("field", category.name());
    json.addProperty("categories", category.vocabularySize() - 2);
    json.addProperty("users", users);
    json.addProperty("minClicks", ACTIVE);
    JsonArray shares = new JsonArray();
    for (double s : share) {
      shares.add(users == 0 ? 0 : s / users);
    }
    json.add("shares", shares);
    return json;
  }
}
