package org.recallrank.training.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.RawRow;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;

/** What becomes of the pools of another recall stage. */
class RecallStageTest {
  private static final PoolConfig SIZES = new PoolConfig(3, 1);

  @TempDir private Path folder;
  private DatasetFolder data;
  private Vocabulary users;
  private Vocabulary items;

  /** Sessions 1 to 4 of three users; a is clicked in three sessions, b and c in one, d in none. */
  private static final String[] ROWS = {
    "1 u a 1", "1 u b 1", "1 u d 0", "2 v a 1", "2 v c 1", "2 v c 1", "3 w d 0", "4 w b 0",
    "4 w a 1"
  };

  private static final class Sessions implements DataSource {
    @Override
    public Columns columns() {
      return new Columns(
          List.of(
              Column.categorical("user", Field.Role.USER),
              Column.categorical("item", Field.Role.ITEM)),
          0,
          1);
    }

    @Override
    public Set<Split> splits() {
      return Set.of(Split.TRAIN);
    }

    @Override
    public boolean hasSessions() {
      return true;
    }

    @Override
    public List<SkippedRows> read(Set<Split> wanted, RowSink sink) {
      RawRow row = new RawRow(2);
      for (String line : ROWS) {
        String[] parts = line.split(" ");
        row.session = Integer.parseInt(parts[0]);
        row.tokens[0] = parts[1];
        row.tokens[1] = parts[2];
        row.label = Float.parseFloat(parts[3]);
        sink.accept(Split.TRAIN, row);
      }
      return List.of();
    }

    @Override
    public String fingerprint() {
      return "";
    }
  }

  @BeforeEach
  void encode() {
    DatasetWriter.write(new Sessions(), 1, folder.resolve("data"));
    data = DatasetFolder.open(folder.resolve("data"));
    users = data.encoding().vocabularies().get(0);
    items = data.encoding().vocabularies().get(1);
  }

  @AfterEach
  void close() {
    data.close();
  }

  /** A pool of given lists, the others empty. */
  private static Pool pool(int lists, int width, int[]... given) {
    int[] members = new int[lists * width];
    for (int[] list : given) { // its number, then its members
      System.arraycopy(list, 1, members, list[0] * width, list.length - 1);
    }
    return new Pool(width, members, new float[members.length]);
  }

  private int item(String token) {
    return items.row(token);
  }

  private List<String> list(RecallPools pools, int list) {
    List<String> tokens = new ArrayList<>();
    int[] rows = Arrays.copyOfRange(pools.items(), list * 3, list * 3 + 3);
    Arrays.stream(rows).forEach(row -> tokens.add(items.token(row)));
    return tokens;
  }

  @Test
  void listsOfUsersAndThenOfSessionsAreFilledUp() {
    int u = users.row("u");
    int v = users.row("v");
    Pool ofUsers = pool(users.size(), 2, new int[] {u, item("d")}, new int[] {v, item("c"), 1});
    Pool ofSessions =
        pool(4, 4, new int[] {1, item("d")}, new int[] {2, item("d"), item("b"), item("c"), 1});
    Pool lookAlikes = pool(users.size(), 1, new int[] {v, u});
    RecallPools pools =
        new RecallStage(data.split(Split.TRAIN))
            .supplied(ofUsers, lookAlikes, ofSessions, null, SIZES)
            .pools();
    assertThat(pools.sessions()).isEqualTo(4);
    assertThat(item("a")).isEqualTo(1);
    assertThat(list(pools, u)).containsExactly("d", "a", "c"); // a has 3 clicks, c 2, b 1
    assertThat(list(pools, v)).containsExactly("c", "a", "b");
    int sessions = users.size();
    assertThat(list(pools, sessions))
        .as("b is clicked in session 1 only")
        .containsExactly("a", "c", "d");
    assertThat(list(pools, sessions + 1))
        .as("c is clicked in session 2 only")
        .containsExactly("d", "a", "b");
    assertThat(list(pools, sessions + 2)).as("cut off").containsExactly("d", "b", "c");
    assertThat(list(pools, sessions + 3)).containsExactly("a", "c", "b");
    assertThat(pools.users()[v]).isEqualTo(u);
    assertThat(pools.users()[u]).as("the one of most clicks that is not u").isEqualTo(v);
  }

  @Test
  void listsOfOtherUsersAreRefused() {
    Pool fits = pool(users.size(), 1);
    Pool tooFew = pool(users.size() - 1, 1);
    RecallStage stage = new RecallStage(data.split(Split.TRAIN));
    assertThatThrownBy(() -> stage.supplied(tooFew, fits, null, SIZES))
        .hasMessage("recall items: expected lists of 5 users, found 4");
    assertThatThrownBy(() -> stage.supplied(fits, tooFew, null, SIZES))
        .hasMessage("look-alikes: expected lists of 5 users, found 4");
  }
}
