package org.recallrank.model.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.ServingTables;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.io.StoredTensor.DType;
import org.recallrank.model.recall.Exposures;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.recall.UserPools;

class RecallFileTest {
  private static final int USERS = 4;
  private static final int ITEMS = 5;
  private static final EntityTable USER_TABLE = SmallEntities.USERS;
  private static final EntityTable ITEM_TABLE = SmallEntities.ITEMS;
  private static final Entities ENTITIES = new Entities(USER_TABLE, ITEM_TABLE);

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

  @Test
  void holdsPoolsAndVectors() {
    RecallData read = RecallFile.read(file, ENTITIES);
    assertThat(read.users()).isSameAs(USER_TABLE);
    assertThat(read.items()).isSameAs(ITEM_TABLE);
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
    RecallData read = RecallFile.read(file, ENTITIES);
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
    RecallPools read = RecallFile.read(file, ENTITIES).pools();
    assertThat(read.sessions()).isZero();
    assertThat(read.folds()).isZero();
    assertThat(read.items()).isEqualTo(POOL_ITEMS);
  }

  private void tamper(String name, UnaryOperator<StoredTensor> change) {
    SmallEntities.tamper(file, name, change);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> RecallFile.read(file, ENTITIES))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @CsvSource({"pools.items, 4", "pools.users, 3"})
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
        RecallFile.read(file, ENTITIES);
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
    "pools.items, 'pools.items: expected a row for each of 4 users, found I32[5, 2]'",
    "pools.users, 'pools.users: expected a row for each of 4 users, found I32[5, 1]'",
    "vectors.users, 'vectors.users: expected F32[4, 3], found F32[5, 3]'",
    "vectors.items, 'vectors.items: expected F32[5, 3], found F32[6, 3]'"
  })
  void rowsOfAnotherNumberAreRefused(String name, String message) {
    tamper(name, RecallFileTest::longer);
    assertRefused(file + ": does not fit the schema: ", message);
  }

  @Test
  void vectorsOfUsersAndItemsAreOfOneWidth() {
    tamper("vectors.items", tensor -> StoredTensor.of(new float[ITEMS * 2], ITEMS, 2));
    assertRefused("vectors.items: expected F32[5, 3], found F32[5, 2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pools.items", "pools.users", "vectors.users", "vectors.items"})
  void aMissingTensorIsNamed(String name) {
    tamper(name, tensor -> null);
    assertRefused(file.toString(), name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pools.items", "pools.users"})
  void poolsOfAnotherTypeAreRefused(String name) {
    tamper(name, tensor -> StoredTensor.of(new float[(int) tensor.size()], tensor.shape()));
    assertRefused(file + ": " + name + ": expected a matrix of type I32, found F32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vectors.users", "vectors.items"})
  void vectorsOfAnotherTypeAreRefused(String name) {
    tamper(name, tensor -> StoredTensor.of(new int[(int) tensor.size()], tensor.shape()));
    assertRefused(file + ": does not fit the schema: " + name, "found I32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pools.items", "pools.users", "vectors.users", "vectors.items"})
  void oneRowForAllIsRefused(String name) {
    tamper(
        name,
        tensor ->
            tensor.dtype() == DType.I32
                ? StoredTensor.of(tensor.ints(), tensor.size())
                : StoredTensor.of(tensor.floats(), tensor.size()));
    assertRefused(file.toString(), name + ": expected ");
  }

  @Test
  void withoutItemsThereIsNoRecallData() {
    assertThatThrownBy(() -> RecallFile.read(file, new Entities(USER_TABLE, null)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ": expected the tables of users and items");
  }

  /** Pools that stay in the file are those that are read into arrays. */
  @Test
  void poolsMayStayInTheFile() {
    UserPools mapped = RecallFile.serve(file, ENTITIES, ServingTables.none()).pools();
    RecallPools read = RecallFile.read(file, ENTITIES).pools();
    assertThat(mapped.userCount()).isEqualTo(USERS);
    assertThat(mapped.itemsPerUser()).isEqualTo(2);
    assertThat(mapped.usersPerUser()).isEqualTo(1);
    for (int user = 0; user < USERS; user++) {
      int[] items = new int[2];
      int[] expected = new int[2];
      mapped.copyItems(user, items);
      read.copyItems(user, expected);
      assertThat(items)
          .isEqualTo(expected)
          .isEqualTo(Arrays.copyOfRange(POOL_ITEMS, 2 * user, 2 * user + 2));
    }
  }

  @Test
  void aFileThatIsMissingOrCutOffIsNamed() throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 300));
    assertRefused(file + ": not a whole safetensors file");
    Files.delete(file);
    assertRefused(file + ": cannot be read: there is no such file");
  }
}
