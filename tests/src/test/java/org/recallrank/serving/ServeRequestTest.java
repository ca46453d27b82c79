package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recallrank.model.serve.Features;
import org.recallrank.model.serve.Ranker;

/** What a request may say, what it gets, and what is said of what it may not say. */
class ServeRequestTest {
  private static final String VALID =
      """
      {"user": "u42", "items": ["i7", "i9"], "context": {"hour": "17"}}\
      """;

  @TempDir private static Path folder;

  private static Path run;
  private static RunningService service;

  @BeforeAll
  static void start() throws Exception {
    run = new ServedRuns(folder).run("a");
    service = new RunningService(run, RunningService.LIMITS);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static JsonObject json(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private static float[] scores(String request) {
    JsonArray scores = json(service.post("/score", request), 200).getAsJsonArray("scores");
    float[] values = new float[scores.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(scores.get(i).getAsString());
    }
    return values;
  }

  private static String error(String path, String request, int status) {
    return json(service.post(path, request), status).get("error").getAsString();
  }

  @Test
  void scoresHaveTheBitsOfTheRanker() {
    try (Ranker ranker = Ranker.load(run)) {
      assertThat(scores(VALID))
          .containsExactly(ranker.score("u42", List.of("i7", "i9"), Map.of("hour", "17")));
      Features user = Features.of("u99").with("age", "31").with("likes", "l1^l2");
      Features item = Features.of("i9").with("price", "3.5");
      float[] expected = ranker.score(user, List.of(item, Features.of("new")), Map.of("hour", ""));
      assertThat(
              scores(
                  """
                  {"user": {"id": "u99", "fields": {"age": 31, "likes": ["l1", "l2"]}},
                   "items": [{"id": "i9", "fields": {"price": 3.50}}, "new"],
                   "context": {"hour": null}}\
                  """))
          .containsExactly(expected);
      assertThat(
              scores(
                  """
                  {"user": {"fields": {"user": "u99", "age": "31", "likes": "l1^l2"}},
                   "items": [{"fields": {"item": "i9", "price": "3.5"}}, {"id": "new"}],
                   "context": {"hour": ""}}\
                  """))
          .containsExactly(expected);
      assertThat(scores("{\"user\":\"u1\",\"items\":[],\"context\":{\"hour\":1}}")).isEmpty();
    }
  }

  @Test
  void ranksAsTheRankerDoes() {
    List<String> items = IntStream.range(0, 45).mapToObj(i -> "i" + i).toList();
    String request =
        "{\"user\":\"u3\",\"items\":[\"%s\"],\"context\":{\"hour\":5},\"top\":10}"
            .formatted(String.join("\",\"", items));
    JsonObject answer = json(service.post("/rank", request), 200);
    JsonArray ranked = answer.getAsJsonArray("ranked");
    try (Ranker ranker = Ranker.load(run)) {
      List<Ranker.Ranked> expected = ranker.rank("u3", items, Map.of("hour", "5"), 10);
      assertThat(ranked).hasSize(10);
      for (int i = 0; i < ranked.size(); i++) {
        JsonObject found = ranked.get(i).getAsJsonObject();
        assertThat(
                new Ranker.Ranked(
                    found.get("item").getAsString(),
                    found.get("index").getAsInt(),
                    Float.parseFloat(found.get("score").getAsString())))
            .isEqualTo(expected.get(i));
      }
    }
    assertThat(answer.get("model").getAsString()).matches("dcnv2 \\+ rar [0-9a-f]{12}");
    String all = VALID.replace("\"u42\"", "42");
    assertThat(json(service.post("/rank", all), 200).getAsJsonArray("ranked")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'usr':1}; there is no property \"usr\", did you mean \"user\"?",
        "{'user':'u1','items':['i1'],'context':{},'top':2}; there is no property \"top\"",
        "{'user':'u1','items':['i1'],'context':{'huor':1}}; field huor, did you mean \"hour\"?",
        "{'user':'u1','items':['i1']}; found none of hour",
        "{'user':'u1','items':['i1'],'context':{'hour':[1]}}; context.hour: expected one value",
        "{'user':'u1','items':['i1'],'context':{'hour':true}}; context.hour: expected a string",
        "{'user':'u1','items':['i1'],'context':{'hour':{}}}; context.hour: expected a string",
        "{'user':'u1','items':['i1'],'context':[]}; context: expected an object, found a list",
        "{'user':'u1','items':'i1'}; items: expected a list, found a string",
        "{'user':'u1','items':[null]}; items[0]: expected a string or a number, found null",
        "{'user':'u1','items':[['i1']]}; items[0]: expected a string or a number, found a list",
        "{'user':'u1','items':[{'ids':1}]}; items[0]: there is no property \"ids\"",
        "{'user':'u1'}; items: expected a list, found nothing",
        "{'items':['i1']}; user: expected an id or an object, found nothing",
        "{'user':null}; user: expected a string or a number, found null",
        "{'user':'u1','user':'u2'}; expected \"user\" once, found twice",
        "{'user':{'id':'u1','fields':{'age':1,'age':2}}}; expected \"age\" once, found twice",
        "{'user':{'id':'u1','fields':{'likes':['a^b']}}}; without ^, found \"a^b\"",
        "{'user':{'id':'u1','fields':{'likes':[['a']]}}}; likes[0]: expected a string or a number",
        "{'user':{'id':'u','fields':{'age':'x'}},'items':['i'],'context':{'hour':1}}; field age",
        "{'user':{'id':'u','fields':{'age':1e999}},'items':['i'],'context':{'hour':1}}; field age",
        "{'user':{'id':'u','fields':{'age':NaN}}}; expected JSON, found something else",
        "{'user':{'id':'u','fields':{'ag':1}},'items':[],'context':{'hour':1}}; did you mean",
        "{'user':'u1','items':[]} 7; expected JSON, found something else at line 1 column",
        "[]; request: expected an object, found a list",
        "7; request: expected an object, found the number 7",
        "nul; expected JSON",
        "{'user'; expected JSON, found something else at line 1 column",
      })
  void saysWhatIsWrong(String request, String message) {
    assertThat(error("/score", request.replace('\'', '"'), 400)).contains(message);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "1.5", "99999999999", "1e3"})
  void topIsAWholeNumber(String top) {
    assertThat(error("/rank", VALID.replace("}}", "},\"top\":" + top + "}"), 400))
        .contains("top: expected a whole number from 1, found " + top);
  }

  @Test
  void limitsAreNamed() {
    String items = "\"i1\",".repeat(60) + "\"i1\"";
    assertThat(error("/score", "{\"items\":[" + items + "]}", 400))
        .contains("at most 50", "--max-candidates", "found 61");
    assertThat(error("/score", " ".repeat(100_000), 400)).contains("expected JSON");
    assertThat(error("/score", " ".repeat(100_001), 413)).contains("at most 100000 bytes");
    assertThat(error("/score", " ".repeat(3_000_000), 413)).contains("at most 100000 bytes");
  }

  @Test
  void otherPathsMethodsAndTypesAreRefused() {
    assertThat(json(service.get("/scores"), 404).get("error").getAsString()).contains("/score");
    HttpResponse<String> get = service.get("/score");
    assertThat(json(get, 405).get("error").getAsString()).isEqualTo("expected POST, found GET");
    assertThat(get.headers().firstValue("Allow")).hasValue("POST");
    HttpResponse<String> post = service.post("/health", "{}");
    assertThat(json(post, 405).get("error").getAsString()).isEqualTo("expected GET, found POST");
    assertThat(post.headers().firstValue("Allow")).hasValue("GET");
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString(VALID);
    HttpRequest.Builder form =
        service.request(service.port(), "/score").header("Content-Type", "text/csv").POST(body);
    assertThat(json(service.send(form), 415).get("error").getAsString()).contains("text/csv");
    HttpRequest.Builder none = service.request(service.port(), "/score").POST(body);
    json(service.send(none), 200);
    assertThat(json(service.send(service.request(service.adminPort(), "/score").GET()), 404).size())
        .isEqualTo(1);
  }

  @Test
  void garbageIsRefusedWithAMessage() {
    assertThat(error("/score", "", 400)).contains("expected JSON");
    for (String deep : List.of("[", "{\"user\":", "{\"items\":[")) {
      assertThat(error("/score", deep.repeat(99_999 / deep.length()), 400)).isNotEmpty();
    }
    assertThat(error("/score", "{\"items\":[" + "1,".repeat(60) + "[".repeat(50_000), 400))
        .isNotEmpty();
    assertThat(error("/score", "{\"user\":" + "9".repeat(90_000) + "x}", 400)).isNotEmpty();
    assertThat(error("/score", "{\"" + "x".repeat(90_000) + "\":1}", 400)).hasSizeLessThan(600);
    byte[] latin = "{\"user\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(json(service.post("/score", latin), 400).get("error").getAsString())
        .contains("UTF-8");
    Random random = new Random(3);
    for (int round = 0; round < 300; round++) {
      byte[] body = VALID.getBytes(StandardCharsets.UTF_8);
      for (int change = 0; change <= round % 4; change++) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      HttpResponse<String> response = service.post("/rank", body);
      JsonElement error = JsonParser.parseString(response.body()).getAsJsonObject().get("error");
      assertThat(response.statusCode()).as(response.body()).isIn(200, 400);
      assertThat(error == null).isEqualTo(response.statusCode() == 200);
    }
    assertThat(service.log()).isEmpty();
  }
}
