package org.recallrank.model.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.io.StoredTensor.DType;
import org.recallrank.model.recall.Exposures;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.model.schema.Schema;

class RecallFileTest {
  private static final int USERS = 4;
  private static final int ITEMS = 5;
  private static final Field USER = Field.categorical("user", Field.Role.USER, USERS);
  private static final Field ITEM = Field.categorical("item", Field.Role.ITEM, ITEMS);
  private static final Field TAGS =
      Field.sequence("tags", Field.Role.USER, 3, 2, Field.Pooling.SUM);
  private static final Field PRICE = Field.numeric("price", Field.Role.ITEM);
  private static final Field HOUR = Field.categorical("hour", Field.Role.CONTEXT, 9);

  /** Fields of a role are not in one piece. */
  private static final Schema SCHEMA = new Schema(List.of(ITEM, USER, HOUR, PRICE, TAGS), 1, 0);

  private static final EntityTable USER_TABLE =
      new EntityTable(
          Field.Role.USER,
          new Rows(
              List.of(USER, TAGS),
              USERS,
              new int[][] {{0, 1, 2, 3}, {0, 0, 1, 2, 2, 0, 2, 0}},
              new float[2][]));
  private static final EntityTable ITEM_TABLE =
      new EntityTable(
          Field.Role.ITEM,
          new Rows(
              List.of(ITEM, PRICE),
              ITEMS,
              new int[][] {{0, 1, 2, 3, 4}, null},
              new float[][] {null, {0, 1.5f, -2, 1e-30f, 7}}));

  /** Two of each user. */
  private static final int[] POOL_ITEMS = {1, 2, 3, 4, 0, 1, 4, 3};

  private static final int[] POOL_USERS = {1, 2, 3, 0};
  private static final RecallVectors VECTORS =
      new RecallVectors(numbers(USERS * 3, 0.5f), numbers(ITEMS * 3, -0.25f), 3);

  private static float[] numbers(int n, float factor) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = factor * i;
    }
    return numbers;
  }

  private static RecallData data(RecallVectors vectors) {
    RecallPools pools = new RecallPools(USERS, 2, 1, POOL_ITEMS, POOL_USERS);
    Exposures shown = Exposures.of(USERS, new int[] {1}, new int[] {2});
    return new RecallData(USER_TABLE, ITEM_TABLE, pools, shown, vectors);
  }

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() {
    file = folder.resolve("recall.safetensors");
    RecallFile.write(file, data(VECTORS));
  }

  private static void assertSame(EntityTable table, EntityTable expected) {
    assertThat(table.role()).isEqualTo(expected.role());
    assertThat(table.size()).isEqualTo(expected.size());
    assertThat(table.rows().fields()).isEqualTo(expected.rows().fields());
    assertThat(table.rows().ids()).isDeepEqualTo(expected.rows().ids());
    assertThat(table.rows().numbers()).isDeepEqualTo(expected.rows().numbers());
  }

  @Test
  void holdsPoolsEntitiesAndVectors() {
    RecallData read = RecallFile.read(file, SCHEMA);
    assertSame(read.users(), USER_TABLE);
    assertSame(read.items(), ITEM_TABLE);
    assertThat(read.pools().userCount()).isEqualTo(USERS);
    assertThat(read.pools().itemsPerUser()).isEqualTo(2);
    assertThat(read.pools().usersPerUser()).isEqualTo(1);
    assertThat(read.pools().items()).isEqualTo(POOL_ITEMS);
    assertThat(read.pools().users()).isEqualTo(POOL_USERS);
    assertThat(read.vectors().dim()).isEqualTo(3);
    assertThat(read.vectors().users()).isEqualTo(VECTORS.users());
    assertThat(read.vectors().items()).isEqualTo(VECTORS.items());
    assertThat(read.exposures()).as("are for training").isNull();
  }

  @Test
  void vectorsMayBeMissing() {
    RecallFile.write(file, data(null));
    RecallData read = RecallFile.read(file, SCHEMA);
    assertThat(read.vectors()).isNull();
    assertThat(read.pools().items()).isEqualTo(POOL_ITEMS);
  }

  /** Of 3 sessions, or of 2 folds for each user. */
  @ParameterizedTest
  @CsvSource({"3, 0", "0, 2"})
  void listsOfSessionsAndForTrainingAreNotKept(int sessions, int folds) {
    int[] lists = Arrays.copyOf(POOL_ITEMS, 2 * (USERS * (1 + folds) + sessions));
    RecallPools pools = new RecallPools(USERS, 2, 1, sessions, folds, lists, POOL_USERS);
    RecallFile.write(file, new RecallData(USER_TABLE, ITEM_TABLE, pools, null, VECTORS));
    RecallPools read = RecallFile.read(file, SCHEMA).pools();
    assertThat(read.sessions()).isZero();
    assertThat(read.folds()).isZero();
    assertThat(read.items()).isEqualTo(POOL_ITEMS);
  }

  private void tamper(String name, UnaryOperator<StoredTensor> change) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>(SafeTensors.read(file).tensors());
    StoredTensor changed = change.apply(tensors.remove(name));
    if (changed != null) {
      tensors.put(name, changed);
    }
    new SafeTensors(tensors, Map.of()).write(file);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> RecallFile.read(file, SCHEMA))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @CsvSource({
    "pools.items, 4",
    "pools.users, 3",
    "users.user, 3",
    "users.tags, 2",
    "items.item, 4"
  })
  void idsOutsideOfTheirTableAreRefused(String name, int largest) {
    for (int id : new int[] {0, largest, largest + 1, -1}) {
      tamper(
          name,
          tensor -> {
            int[] ids = tensor.ints().clone();
            ids[ids.length - 1] = id;
            return StoredTensor.of(ids, tensor.shape());
          });
      if (id >= 0 && id <= largest) {
        RecallFile.read(file, SCHEMA);
      } else {
        assertRefused(
            file + ": does not fit the schema: ",
            name + ": expected ids from 0 to " + largest + ", found " + id);
      }
    }
  }

  /** The same elements, and zeros for another row. */
  private static StoredTensor longer(StoredTensor tensor) {
    long[] shape = tensor.shape();
    shape[0]++;
    int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    return tensor.dtype() == DType.I32
        ? StoredTensor.of(Arrays.copyOf(tensor.ints(), size), shape)
        : StoredTensor.of(Arrays.copyOf(tensor.floats(), size), shape);
  }

  @ParameterizedTest
  @CsvSource({
    "pools.items, 'expected 8 items and 4 users, found 10 and 4'",
    "pools.users, 'expected 8 items and 4 users, found 8 and 5'",
    "users.user, 'users.user: expected 4 ids, found 5'",
    "users.tags, 'users.tags: expected 8 ids, found 10'",
    "items.item, 'items.item: expected 5 ids, found 6'",
    "items.price, 'items.price: expected 5 numbers, found 6'",
    "vectors.users, 'vectors.users: expected 12 numbers, found 15'",
    "vectors.items, 'vectors.items: expected 15 numbers, found 18'"
  })
  void rowsOfAnotherNumberAreRefused(String name, String message) {
    tamper(name, RecallFileTest::longer);
    assertRefused(file + ": does not fit the schema: ", message);
  }

  @Test
  void vectorsOfUsersAndItemsAreOfOneWidth() {
    tamper("vectors.items", tensor -> StoredTensor.of(new float[ITEMS * 2], ITEMS, 2));
    assertRefused("vectors.items: expected 15 numbers, found 10");
    tamper("vectors.items", tensor -> StoredTensor.of(new float[3 * ITEMS], 3, ITEMS));
    assertRefused("vectors.items: expected rows of 3 numbers, found F32[3, 5]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pools.items",
        "pools.users",
        "users.user",
        "users.tags",
        "items.item",
        "items.price",
        "vectors.users",
        "vectors.items"
      })
  void aMissingTensorIsNamed(String name) {
    tamper(name, tensor -> null);
    assertRefused(file + ": does not fit the schema: no tensor " + name + "; there are [");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pools.items", "pools.users", "users.tags", "items.item"})
  void idsOfAnotherTypeAreRefused(String name) {
    tamper(name, tensor -> StoredTensor.of(new float[(int) tensor.size()], tensor.shape()));
    assertRefused(file + ": does not fit the schema: expected a tensor of type I32, found F32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"items.price", "vectors.users", "vectors.items"})
  void numbersOfAnotherTypeAreRefused(String name) {
    tamper(name, tensor -> StoredTensor.of(new int[(int) tensor.size()], tensor.shape()));
    assertRefused(file + ": does not fit the schema: expected a tensor of type F32, found I32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pools.items", "pools.users"})
  void poolsInOneRowAreRefused(String name) {
    tamper(name, tensor -> StoredTensor.of(tensor.ints(), tensor.size()));
    assertRefused(
        file + ": does not fit the schema: " + name + ": expected two dimensions, found I32[");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vectors.users", "vectors.items"})
  void vectorsInOneRowAreRefused(String name) {
    tamper(name, tensor -> StoredTensor.of(tensor.floats(), tensor.size()));
    assertRefused(
        file + ": does not fit the schema: " + name + ": expected two dimensions, found F32[");
  }

  @Test
  void aSchemaWithoutItemsHasNoRecallData() {
    Schema other = new Schema(SCHEMA.fields(), 1, -1);
    assertThatThrownBy(() -> RecallFile.read(file, other))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ": does not fit the schema: ");
  }

  @Test
  void aFileThatIsMissingOrCutOffIsNamed() throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 300));
    assertRefused(file + ": not a whole safetensors file");
    Files.delete(file);
    assertRefused(file + ": cannot be read: there is no such file");
  }
}
