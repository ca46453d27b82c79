package org.recallrank.cli.serve;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.recallrank.model.serve.Ranker;

/** Answers with probabilities of items, or with the items of the largest. */
final class ScoringEndpoint implements Endpoint {
  private final String path;
  private final boolean ranked;
  private final ServedModel model;
  private final Admission admission;
  private final ServiceMetrics metrics;
  private final int mostItems;

  /**
   * An endpoint.
   *
   * @param path under which it counts
   * @param ranked whether it names the best items, not the scores of all
   */
  ScoringEndpoint(
      String path,
      boolean ranked,
      ServedModel model,
      Admission admission,
      ServiceMetrics metrics,
      int mostItems) {
    this.path = path;
    this.ranked = ranked;
    this.model = model;
    this.admission = admission;
    this.metrics = metrics;
    this.mostItems = mostItems;
  }

  private record Answer(Reply reply, int items) {}

  @Override
  public Reply answer(byte[] body) throws InterruptedException {
    long start = System.nanoTime();
    Answer answer =
        admission.run(() -> model.use((ranker, id) -> answer(ranker, id, RequestBody.text(body))));
    metrics.scored(path, answer.items(), System.nanoTime() - start);
    return answer.reply();
  }

  private Answer answer(Ranker ranker, String id, String text) {
    ScoreRequest request = RequestJson.scoring(text, ranked, ranker.fields(), mostItems);
    StringWriter out = new StringWriter();
    try (JsonWriter json = new JsonWriter(out)) {
      json.beginObject().name("model").value(id);
      if (ranked) {
        write(json, rank(ranker, request));
      } else {
        write(json, score(ranker, request));
      }
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a text in memory
    }
    return new Answer(Reply.json(200, out.toString()), request.items().size());
  }

  private static float[] score(Ranker ranker, ScoreRequest request) {
    try {
      return ranker.score(request.user(), request.items(), request.context());
    } catch (IllegalArgumentException e) {
      throw RequestException.badRequest(e.getMessage());
    }
  }

  private static List<Ranker.Ranked> rank(Ranker ranker, ScoreRequest request) {
    try {
      return ranker.rank(request.user(), request.items(), request.context(), request.top());
    } catch (IllegalArgumentException e) {
      throw RequestException.badRequest(e.getMessage());
    }
  }

  private static void write(JsonWriter json, float[] scores) throws IOException {
    json.name("scores").beginArray();
    for (float score : scores) {
      json.value(score);
    }
    json.endArray();
  }

  private static void write(JsonWriter json, List<Ranker.Ranked> best) throws IOException {
    json.name("ranked").beginArray();
    for (Ranker.Ranked item : best) {
      json.beginObject().name("item").value(item.item()).name("score").value(item.probability());
      json.name("index").value(item.index()).endObject();
    }
    json.endArray();
  }
}
