package org.recallrank.model.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.model.serve.SmallEntities.HOUR;
import static org.recallrank.model.serve.SmallEntities.ITEM;
import static org.recallrank.model.serve.SmallEntities.ITEMS;
import static org.recallrank.model.serve.SmallEntities.SCHEMA;
import static org.recallrank.model.serve.SmallEntities.USER;
import static org.recallrank.model.serve.SmallEntities.USERS;
import static org.recallrank.model.serve.SmallEntities.tamper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;
import org.recallrank.model.schema.Schema;

class EntityFileTest {
  @TempDir private Path folder;

  private Path write(Schema schema, EntityTable users, EntityTable items) {
    EntityFile.write(folder, schema, new Entities(users, items));
    return folder.resolve(EntityFile.NAME);
  }

  private static void assertSame(EntityTable table, EntityTable expected) {
    assertThat(table.role()).isEqualTo(expected.role());
    assertThat(table.size()).isEqualTo(expected.size());
    assertThat(table.rows().fields()).isEqualTo(expected.rows().fields());
    assertThat(table.rows().ids()).isDeepEqualTo(expected.rows().ids());
    assertThat(table.rows().numbers()).isDeepEqualTo(expected.rows().numbers());
  }

  @Test
  void whatIsWrittenIsRead() {
    write(SCHEMA, USERS, ITEMS);
    Entities read = EntityFile.read(folder, SCHEMA);
    assertSame(read.users(), USERS);
    assertSame(read.items(), ITEMS);
  }

  @Test
  void theFieldThatIdentifiesIsNotStored() {
    Path file = write(SCHEMA, USERS, ITEMS);
    assertThat(SafeTensors.read(file).tensors().keySet())
        .containsExactlyInAnyOrder("users.tags", "items.price");
  }

  /** Nor is there a file of another run. */
  @Test
  void entitiesWithoutOtherFieldsNeedNoFile() {
    Path file = write(SCHEMA, USERS, ITEMS);
    Schema plain = new Schema(List.of(USER, ITEM, HOUR), 0, 1);
    EntityFile.write(folder, plain, Entities.NONE);
    assertThat(file).doesNotExist();
    Entities read = EntityFile.read(folder, plain);
    assertThat(read.users().rows().ids()[0]).containsExactly(0, 1, 2, 3);
    assertThat(read.items().rows().ids()[0]).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void whatNobodyIdentifiesHasNoTable() {
    Entities read = EntityFile.read(folder, new Schema(List.of(USER, HOUR), 0, -1));
    assertThat(read.items()).isNull();
    assertThat(read.users()).isNotNull();
    assertThat(EntityFile.read(folder, SCHEMA).users()).as("has other fields").isNull();
  }

  /** Beside the pools. */
  @Test
  void tablesOfOlderRunsAreFound() throws Exception {
    Files.move(write(SCHEMA, USERS, ITEMS), folder.resolve(SavedModel.RECALL));
    assertSame(EntityFile.read(folder, SCHEMA).users(), USERS);
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> EntityFile.read(folder, SCHEMA))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": does not fit the schema: " + message);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "2, true", "3, false", "-1, false"})
  void idsOutsideOfTheirVocabularyAreRefused(int id, boolean fits) {
    Path file = write(SCHEMA, USERS, ITEMS);
    tamper(
        file,
        "users.tags",
        tensor -> {
          int[] ids = tensor.ints().clone();
          ids[7] = id;
          return StoredTensor.of(ids, tensor.shape());
        });
    if (fits) {
      EntityFile.read(folder, SCHEMA);
    } else {
      assertRefused(file, "users.tags: expected ids from 0 to 2, found " + id);
    }
  }

  @Test
  void anotherShapeIsRefused() {
    Path file = write(SCHEMA, USERS, ITEMS);
    tamper(file, "items.price", tensor -> StoredTensor.of(new float[6], 6));
    assertRefused(file, "items.price: expected F32[5], found F32[6]");
    tamper(file, "items.price", tensor -> StoredTensor.of(new int[5], 5));
    assertRefused(file, "items.price: expected F32[5], found I32[5]");
    tamper(file, "items.price", tensor -> null);
    assertRefused(file, "items.price: expected F32[5], found none");
  }
}
