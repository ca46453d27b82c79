package org.recallrank.model.serve;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.MappedInts;
import org.recallrank.model.io.MappedTensors;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.ServingTables;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.recall.ServedRecall;
import org.recallrank.model.recall.UserPools;

/**
 * Recall data as tensors: {@code pools.items} [users, r] and {@code pools.users} [users, l] (I32),
 * and, where signatures need them, the recall model's vectors {@code vectors.users}, {@code
 * vectors.items} (F32). Who was shown what is needed for training only and is not kept, nor are the
 * recall sets of sessions, which are over.
 */
final class RecallFile {
  private static final String POOL_ITEMS = "pools.items";
  private static final String POOL_USERS = "pools.users";
  private static final String USER_VECTORS = "vectors.users";
  private static final String ITEM_VECTORS = "vectors.items";

  private RecallFile() {}

  static void write(Path file, RecallData data) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    RecallPools pools = data.pools();
    tensors.put(
        POOL_ITEMS,
        StoredTensor.of(
            Arrays.copyOf(pools.items(), pools.userCount() * pools.itemsPerUser()),
            pools.userCount(),
            pools.itemsPerUser()));
    tensors.put(
        POOL_USERS, StoredTensor.of(pools.users(), pools.userCount(), pools.usersPerUser()));
    if (data.vectors() != null) {
      int dim = data.vectors().dim();
      tensors.put(USER_VECTORS, StoredTensor.of(data.vectors().users(), data.users().size(), dim));
      tensors.put(ITEM_VECTORS, StoredTensor.of(data.vectors().items(), data.items().size(), dim));
    }
    new SafeTensors(tensors, Map.of()).write(file);
  }

  /**
   * Reads recall data, pools into arrays.
   *
   * @param entities of the same run
   * @throws DataException if the file is damaged or does not fit the entities
   */
  static RecallData read(Path file, Entities entities) {
    MappedTensors stored = MappedTensors.open(file);
    Mapped mapped = mapped(stored, entities);
    RecallPools pools =
        new RecallPools(
            mapped.userCount(),
            mapped.itemsPerUser(),
            mapped.usersPerUser(),
            stored.tensor(POOL_ITEMS).ints(),
            stored.tensor(POOL_USERS).ints());
    return new RecallData(
        entities.users(), entities.items(), pools, null, vectors(stored, entities));
  }

  /** The same with pools that stay in the file; fails as {@link #read}. */
  static ServedRecall serve(Path file, Entities entities, ServingTables tables) {
    MappedTensors stored = MappedTensors.open(file);
    return new ServedRecall(
        entities.users(),
        entities.items(),
        mapped(stored, entities),
        vectors(stored, entities),
        tables);
  }

  /** Pools in the file. */
  private record Mapped(MappedInts items, MappedInts users) implements UserPools {
    @Override
    public int userCount() {
      return users.rows();
    }

    @Override
    public int itemsPerUser() {
      return items.cols();
    }

    @Override
    public int usersPerUser() {
      return users.cols();
    }

    @Override
    public void copyItems(int user, int[] to) {
      items.row(user, to);
    }

    @Override
    public void copyUsers(int user, int[] to) {
      users.row(user, to);
    }
  }

  private static Mapped mapped(MappedTensors stored, Entities entities) {
    if (entities.users() == null || entities.items() == null) {
      throw new DataException(
          "%s: expected the tables of users and items in %s beside it, found none"
              .formatted(stored.file(), EntityFile.NAME));
    }
    return new Mapped(
        pool(stored, POOL_ITEMS, entities.users(), entities.items()),
        pool(stored, POOL_USERS, entities.users(), entities.users()));
  }

  private static MappedInts pool(
      MappedTensors stored, String name, EntityTable owners, EntityTable members) {
    MappedInts pool = stored.ints(name);
    if (pool.rows() != owners.size() || pool.cols() < 1) {
      throw stored.misfit("schema", name, "a row for each of " + owners.size() + " users");
    }
    int[] row = new int[pool.cols()];
    for (int user = 0; user < pool.rows(); user++) {
      pool.row(user, row);
      EntityFile.checkIds(stored.file(), name, row, members.size());
    }
    return pool;
  }

  private static RecallVectors vectors(MappedTensors stored, Entities entities) {
    boolean ofUsers = stored.names().contains(USER_VECTORS);
    if (!ofUsers && !stored.names().contains(ITEM_VECTORS)) {
      return null;
    }
    StoredTensor users = stored.tensor(USER_VECTORS);
    if (users.shape().length != 2 || users.dtype() != StoredTensor.DType.F32) {
      throw stored.misfit("schema", USER_VECTORS, "a matrix of type F32");
    }
    int dim = Math.toIntExact(users.shape()[1]);
    return new RecallVectors(
        vectors(stored, USER_VECTORS, entities.users(), dim),
        vectors(stored, ITEM_VECTORS, entities.items(), dim),
        dim);
  }

  private static float[] vectors(MappedTensors stored, String name, EntityTable table, int dim) {
    String expected = StoredTensor.type(StoredTensor.DType.F32, table.size(), dim);
    if (!expected.equals(stored.type(name))) {
      throw stored.misfit("schema", name, expected);
    }
    return stored.tensor(name).floats();
  }
}
