package org.recallrank.training.source.candictr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.data.Dataset;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.data.EncodingBuilder;
import org.recallrank.training.recall.Pool;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.SharedData;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.TestSource;
import org.recallrank.training.source.candictr.CandiCtrSource.Options;

class CandiCtrSourceTest {
  private static final Set<Split> ALL = EnumSet.allOf(Split.class);
  private static final SplitRatios ALL_TRAIN = new SplitRatios(1, 0, 0);

  @TempDir Path folder;

  @BeforeEach
  void writeTest() throws IOException {
    test(session(8, 3, List.of(1), item(10)));
  }

  private void train(Object... sessions) throws IOException {
    write("group_all_train_data.pkl", sessions);
  }

  private void test(Object... sessions) throws IOException {
    write("group_all_test_data.pkl", sessions);
  }

  private void write(String name, Object... sessions) throws IOException {
    Files.write(folder.resolve(name), PickleWriter.bytes(4, Arrays.asList(sessions)));
  }

  private static List<Object> item(int sku) {
    return List.of(sku, sku + 1, sku + 2, sku + 3, 7);
  }

  /** A session whose queue is what it shows. */
  private static List<Object> session(int user, int query, List<Integer> labels, Object... items) {
    List<Object> session = new ArrayList<>(List.of(user, query, labels));
    session.addAll(Arrays.asList(items));
    session.add(Arrays.asList(items));
    return session;
  }

  private CandiCtrSource source(BadRows badRows) {
    return new CandiCtrSource(folder, new Options(ALL_TRAIN, 1, badRows));
  }

  private List<String> lines() {
    return TestSource.lines(source(BadRows.FAIL), ALL);
  }

  @Test
  void everyItemShownIsARow() throws IOException {
    train(
        session(5, 2, List.of(1, 0), item(20), List.of(30, 0, 2, 3, 0)),
        session(0, 9, List.of(0), item(40)));
    assertThat(lines())
        .containsExactly(
            "train 5|2|20|21|22|23|7 1.0",
            "train 5|2|30|null|2|3|null 0.0",
            "train null|9|40|41|42|43|7 0.0",
            "test 8|3|10|11|12|13|7 1.0");
    List<Integer> sessions = new ArrayList<>();
    source(BadRows.FAIL).read(ALL, (split, row) -> sessions.add(row.session));
    assertThat(sessions).containsExactly(1, 1, 2, 3);
    assertThat(source(BadRows.FAIL).columns().list())
        .extracting(c -> c.name() + " " + c.role())
        .containsExactly(
            "user_id USER",
            "query_id CONTEXT",
            "sku_id ITEM",
            "category_id ITEM",
            "brand_id ITEM",
            "vendor_id ITEM",
            "price ITEM");
  }

  @Test
  void batchesKnowTheSessionsOfTheirRows() throws IOException {
    train(session(5, 2, List.of(1, 0), item(20), item(30)), session(6, 9, List.of(0), item(40)));
    CandiCtrSource source =
        new CandiCtrSource(folder, new Options(new SplitRatios(1, 1, 0), 1, BadRows.FAIL));
    DatasetWriter.write(source, 1, folder.resolve("data"));
    try (DatasetFolder data = DatasetFolder.open(folder.resolve("data"))) {
      for (Split split : List.of(Split.TRAIN, Split.VALID)) {
        Dataset rows = data.split(split);
        assertThat(rows.hasSessions()).isTrue();
        int count = (int) rows.rows();
        int session = count == 2 ? 1 : 2;
        BatchBuffer buffer = new BatchBuffer(data.schema(), 4);
        assertThat(Arrays.copyOf(rows.fill(buffer, 0, count).sessions(), count))
            .containsOnly(session);
        Arrays.fill(buffer.batch(4).sessions(), 0);
        assertThat(rows.fill(buffer, new long[] {count - 1}, 0, 1).sessions()[0])
            .isEqualTo(session);
      }
    }
  }

  @Test
  void aHundredItemsOfASessionCount() throws IOException {
    train(session(5, 2, Collections.nCopies(120, 1), Collections.nCopies(120, item(1)).toArray()));
    assertThat(lines()).hasSize(100 + 1);
  }

  @Test
  void sessionsAreSplitWhole() throws IOException {
    List<Object> sessions = new ArrayList<>();
    for (int s = 0; s < 40; s++) {
      sessions.add(session(s + 1, 1, List.of(1, 0), item(1), item(2)));
    }
    train(sessions.toArray());
    Map<String, Set<Split>> splitsOfUser = new HashMap<>();
    Map<Split, Integer> rows = new EnumMap<>(Split.class);
    new CandiCtrSource(folder, Options.defaults(1))
        .read(
            EnumSet.of(Split.TRAIN, Split.VALID),
            (split, row) -> {
              splitsOfUser.computeIfAbsent(row.tokens[0], u -> new HashSet<>()).add(split);
              rows.merge(split, 1, Integer::sum);
            });
    assertThat(splitsOfUser.values()).allMatch(splits -> splits.size() == 1);
    assertThat(rows).isEqualTo(Map.of(Split.TRAIN, 72, Split.VALID, 8));
  }

  @Test
  void malformedSessionsAreErrorsThatSayWhereOrSkipped() throws IOException {
    Map<Object, String> bad = new LinkedHashMap<>();
    bad.put(7, "the session: expected [user, query, labels, items.., queue], found '7'");
    bad.put(List.of(1, 2), "the session: expected [user, query, labels, items.., queue], found a");
    bad.put(
        session(1, 2, List.of(1), item(1), item(2)),
        "the session: expected as many items as labels, found 2 items and 1 labels");
    bad.put(session(1, 2, List.of(2), item(1)), "label 1: expected 0 or 1, found '2'");
    bad.put(
        session(1, 2, List.of(1), List.of(1, 2, 3, 4)),
        "item 1: expected [sku, category, brand, vendor, price], found a list of 4");
    bad.put(
        session(1, 2, List.of(1), List.of(1, 2, "x", 4, 5)),
        "item 1, brand: expected a whole number from 0 on, found 'x'");
    bad.put(
        session(1, 2, List.of(1), List.of(1, 2, 3, -4, 5)),
        "item 1, vendor: expected a whole number from 0 on, found '-4'");
    bad.put(
        session(1, 2, List.of(1), List.of(4294967301L, 2, 3, 4, 5)), // 2^32 + 5
        "item 1, sku: expected a whole number from 0 on, found '4294967301'");
    bad.put(session(1, 2, List.of(1), List.of(1, 2, 3, 4, 5.5)), "item 1, price: expected a whole");
    bad.put(
        Arrays.asList(1, 2, List.of(1), item(1), 5), "queue: expected a list of items, found '5'");
    bad.put(
        Arrays.asList(1, 2, List.of(1), item(1), List.of(item(1), 3)),
        "queue item 2: expected [sku, category, brand, vendor, price], found '3'");
    Object good = session(1, 1, List.of(1), item(1));
    for (Map.Entry<Object, String> one : bad.entrySet()) {
      train(good, one.getKey(), good);
      assertThatThrownBy(this::lines)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("group_all_train_data.pkl, session 2: " + one.getValue());
      assertThat(TestSource.lines(source(new BadRows(1)), ALL)).hasSize(3);
    }
  }

  @Test
  void numbersMayBeFloatsAndListsTuples() throws IOException {
    train(
        (Object)
            new Object[] {1.0, 2, new Object[] {1.0}, new Object[] {1, 2, 3.0, 4L, 5}, List.of()});
    assertThat(lines().get(0)).isEqualTo("train 1|2|1|2|3|4|5 1.0");
  }

  @Test
  void recallItemsAreThoseOfTheUsersQueuesTheLastFirst() throws IOException {
    List<Object> first = session(1, 1, List.of(1), item(10));
    first.set(first.size() - 1, List.of(item(10), item(20), item(99)));
    List<Object> last = session(1, 1, List.of(0), item(20));
    last.set(last.size() - 1, List.of(item(30), item(20)));
    train(first, session(2, 1, List.of(0), item(30)), last);
    CandiCtrSource source = source(BadRows.FAIL);
    Encoding encoding = EncodingBuilder.fit(source, 1);
    Pool pool = source.recallItems(encoding, 1, 5).ofUsers();
    int user = encoding.vocabularies().get(0).row("1");
    assertThat(members(pool, user, encoding.vocabularies().get(2)))
        .containsExactly("30", "20"); // 99 was shown to nobody, 10 by the first session only
  }

  @Test
  void eachSessionHasItsQueueAsFarAsTrainingKnowsIt() throws IOException {
    List<Object> first = session(1, 1, List.of(1), item(10));
    first.set(first.size() - 1, List.of(item(20), item(10), item(20), item(99)));
    List<Object> second = session(1, 1, List.of(0), item(20));
    second.set(second.size() - 1, List.of());
    train(first, second);
    List<Object> later = session(7, 1, List.of(0), item(10));
    later.set(later.size() - 1, List.of(item(98), item(10)));
    test(later);
    CandiCtrSource source = source(BadRows.FAIL);
    Encoding encoding = EncodingBuilder.fit(source, 1);
    Pool pool = source.recallItems(encoding, 1, 4).ofSessions();
    Vocabulary items = encoding.vocabularies().get(2);
    assertThat(pool.users()).isEqualTo(3);
    assertThat(members(pool, 0, items)).containsExactly("20");
    assertThat(members(pool, 1, items)).isEmpty();
    assertThat(members(pool, 2, items)).containsExactly("10");
    List<Integer> numbers = new ArrayList<>();
    source.read(Set.of(Split.TEST), (split, row) -> numbers.add(row.session));
    assertThat(numbers).as("the list of a session is that of its number").containsExactly(3);
  }

  @Test
  void whatATrainingSessionShowsDoesNotCountForItsOwnQueue() throws IOException {
    List<Object> everything = List.of(item(10), item(20), item(30), item(40));
    List<Object> first = session(1, 1, List.of(1, 0), item(10), item(20));
    List<Object> second = session(2, 1, List.of(0, 0, 1), item(20), item(30), item(30));
    List<Object> third = session(3, 1, List.of(1), item(10));
    for (List<Object> session : List.of(first, second, third)) {
      session.set(session.size() - 1, everything);
    }
    train(first, second, third);
    List<Object> later = session(4, 1, List.of(1), item(40));
    later.set(later.size() - 1, everything);
    test(later);
    CandiCtrSource source = source(BadRows.FAIL);
    assertThat(sessionLists(source, 1))
        .containsExactly(
            List.of("10", "20", "30"),
            List.of("10", "20"), // 30 is shown here only, if twice
            List.of("10", "20", "30"),
            List.of("10", "20", "30"));
    assertThat(sessionLists(source, 2))
        .as("without a session that shows it, an item is too rare")
        .containsExactly(
            List.of("30"), List.of("10"), List.of("20", "30"), List.of("10", "20", "30"));
  }

  private static List<List<String>> sessionLists(CandiCtrSource source, int minCount) {
    Encoding encoding = EncodingBuilder.fit(source, minCount);
    Pool pool = source.recallItems(encoding, minCount, 4).ofSessions();
    List<List<String>> lists = new ArrayList<>();
    for (int session = 0; session < pool.users(); session++) {
      lists.add(members(pool, session, encoding.vocabularies().get(2)));
    }
    return lists;
  }

  @Test
  void lookAlikesHaveQueriesAndClicksInCommon() throws IOException {
    train(
        session(1, 1, List.of(1), item(10)),
        session(2, 2, List.of(1), item(10)), // the same click as 1
        session(3, 1, List.of(0), item(10)), // the same query as 1
        session(4, 4, List.of(1), item(50)));
    CandiCtrSource source = source(BadRows.FAIL);
    Encoding encoding = EncodingBuilder.fit(source, 1);
    Vocabulary users = encoding.vocabularies().get(0);
    Pool pool = source.lookAlikes(encoding, 3);
    assertThat(members(pool, users.row("1"), users)).containsExactly("2", "3");
    assertThat(members(pool, users.row("4"), users)).isEmpty();
    assertThat(members(pool, users.outOfVocabulary(), users)).isEmpty();
  }

  private static List<String> members(Pool pool, int user, Vocabulary vocabulary) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < pool.count(user); i++) {
      members.add(vocabulary.token(pool.members()[user * pool.width() + i]));
    }
    return members;
  }

  @Test
  void missingFilesAndTestSharesAreErrors() throws IOException {
    assertThatThrownBy(() -> source(BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found no group_all_train_data.pkl");
    assertThatThrownBy(() -> new Options(new SplitRatios(8, 1, 1), 1, BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("expected 0 for test");
  }

  @Test
  void theSampleIsReadWholeAndKeepsItsSessions() {
    CandiCtrSource source =
        new CandiCtrSource(SharedData.folder("candictr-format-sample"), Options.defaults(1));
    Map<Split, Integer> rows = new EnumMap<>(Split.class);
    Map<Split, Set<Integer>> sessions = new EnumMap<>(Split.class);
    int[] clicks = new int[1];
    source.read(
        ALL,
        (split, row) -> {
          rows.merge(split, 1, Integer::sum);
          sessions.computeIfAbsent(split, s -> new HashSet<>()).add(row.session);
          clicks[0] += split == Split.TEST ? 0 : (int) row.label;
        });
    assertThat(rows.get(Split.TRAIN) + rows.get(Split.VALID)).isEqualTo(1835);
    assertThat(clicks[0]).isEqualTo(406);
    assertThat(sessions.get(Split.TRAIN)).hasSize(360);
    assertThat(sessions.get(Split.VALID)).hasSize(40);
    assertThat(sessions.get(Split.TEST)).hasSize(100);
  }
}
