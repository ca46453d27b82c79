package org.recallrank.training.source.fuxictr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.source.csv.CsvLayout;

class FuxiCtrFeaturesTest {
  private static final String MAP =
      """
      {
          "dataset_id": "tiny", "num_fields": 4, "total_features": 11, "input_length": 6,
          "labels": ["click"],
          "features": [
              {"group": {"type": "meta"}},
              {"price": {"source": "", "type": "numeric"}},
              {"user": {"source": "u", "type": "categorical", "padding_idx": 0, "vocab_size": 4}},
              {"item": {"source": "i", "type": "categorical", "padding_idx": 0, "vocab_size": 5}},
              {"hist": {"source": "u", "type": "sequence",
                        "feature_encoder": "layers.MaskedAveragePooling()",
                        "share_embedding": "item", "padding_idx": 0, "max_len": 3,
                        "vocab_size": 5}},
              {"tags": {"source": "", "type": "sequence",
                        "feature_encoder": "layers.MaskedSumPooling()", "padding_idx": 0,
                        "max_len": 2, "vocab_size": 3}}
          ]
      }
      """;
  private static final String VOCABULARIES =
      """
      {
          "user": {"__PAD__": 0, "ann": 1, "b\\u00f6b": 2, "__OOV__": 3},
          "item": {"0": 0, "3": 3, "2": 2, "__OOV__": 4},
          "hist": {"0": 0, "2": 2, "3": 3, "__OOV__": 4},
          "tags": {"__PAD__": 0, "t": 1, "__OOV__": 2},
          "unused": {"__PAD__": 0, "__OOV__": 1}
      }
      """;

  @TempDir private Path folder;

  private FuxiCtrFeatures read(String map, String vocabularies) throws IOException {
    return FuxiCtrFeatures.read(
        Files.writeString(folder.resolve("map.json"), map),
        Files.writeString(folder.resolve("vocab.json"), vocabularies),
        CsvLayout.of(null, "user", "item").withUserFields(List.of("hist")));
  }

  private void refused(String map, String vocabularies, String... parts) {
    assertThatThrownBy(() -> read(map, vocabularies))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts);
  }

  /** A map whose field has one property more or another value. */
  private static String map(String field, String property) {
    return MAP.replace("{\"" + field + "\": {", "{\"" + field + "\": {" + property + ", ");
  }

  @Test
  void fieldsAreThoseOfTheMapInItsOrder() throws IOException {
    FuxiCtrFeatures read = read(MAP, VOCABULARIES);
    assertThat(read.label()).isEqualTo("click");
    Schema schema = read.encoding().schema();
    assertThat(schema.fields())
        .containsExactly(
            Field.numeric("price", Field.Role.CONTEXT),
            Field.categorical("user", Field.Role.USER, 4),
            Field.categorical("item", Field.Role.ITEM, 5),
            new Field(
                "hist", Field.Type.SEQUENCE, Field.Role.USER, 5, 3, Field.Pooling.MEAN, "item"),
            Field.sequence("tags", Field.Role.CONTEXT, 3, 2, Field.Pooling.SUM));
    assertThat(schema.user()).isEqualTo(1);
    assertThat(schema.item()).isEqualTo(2);
  }

  @Test
  void tokensHaveTheRowsOfTheFile() throws IOException {
    List<Vocabulary> vocabularies = read(MAP, VOCABULARIES).encoding().vocabularies();
    assertThat(vocabularies.get(0)).isNull();
    Vocabulary users = vocabularies.get(1);
    assertThat(List.of(users.row("ann"), users.row("b\u00f6b"), users.row("x"), users.row("")))
        .containsExactly(1, 2, 3, 3);
    assertThat(users.row("__PAD__")).as("no token of the data").isEqualTo(3);
    Vocabulary items = vocabularies.get(2);
    assertThat(List.of(items.row("0"), items.row("1"), items.row("2"), items.row("3")))
        .containsExactly(0, 4, 2, 3);
    assertThat(vocabularies.get(3)).isSameAs(items);
  }

  @Test
  void theEncodingSurvivesItsFiles() throws IOException {
    Encoding encoding = read(MAP, VOCABULARIES).encoding();
    encoding.save(folder);
    Encoding loaded = Encoding.load(folder);
    assertThat(loaded.schema()).isEqualTo(encoding.schema());
    for (String token : List.of("0", "1", "2", "3")) {
      assertThat(loaded.vocabularies().get(2).row(token))
          .isEqualTo(encoding.vocabularies().get(2).row(token));
    }
    encoding.delete(folder);
    assertThat(folder).isDirectoryNotContaining(f -> !f.toString().endsWith(".json"));
    assertThat(folder.resolve("schema.json")).doesNotExist();
  }

  @Test
  void whatNoModelHereHasIsRefused() {
    refused(map("user", "\"category_processor\": \"hash_bucket\""), VOCABULARIES, "hash_bucket");
    refused(map("user", "\"pretrained_emb\": \"p.h5\""), VOCABULARIES, "user", "pretrained_emb");
    refused(map("user", "\"feature_encoder\": \"nn.Linear(4, 4)\""), VOCABULARIES, "nn.Linear");
    refused(map("price", "\"feature_encoder\": \"nn.ReLU()\""), VOCABULARIES, "price", "ReLU");
    refused(MAP.replace("MaskedSum", "KMax"), VOCABULARIES, "tags", "layers.KMaxPooling()");
    refused(MAP.replace("numeric", "embedding"), VOCABULARIES, "price", "type embedding");
    refused(MAP.replace("\"padding_idx\": 0,", "\"padding_idx\": 1,"), VOCABULARIES, "padding_idx");
    refused(MAP.replace("\"max_len\": 2,", ""), VOCABULARIES, "tags", "max length 0");
    refused(MAP.replace("\"item\", \"pa", "\"price\", \"pa"), VOCABULARIES, "hist", "price");
  }

  @Test
  void filesThatAreNoSuchFilesAreRefused() {
    refused("", VOCABULARIES, "map.json", "expected FuxiCTR's feature_map.json");
    refused("[1]", VOCABULARIES, "map.json");
    refused("{\"features\": 3}", VOCABULARIES, "map.json");
    refused("{\"features\": [{\"a\": 3}]}", VOCABULARIES, "map.json");
    refused(MAP.substring(0, 400), VOCABULARIES, "map.json");
    refused(MAP.replace("[\"click\"]", "\"click\""), VOCABULARIES, "map.json");
    refused(MAP, "", "vocab.json", "expected FuxiCTR's feature_vocab.json");
    refused(MAP, "[]", "vocab.json");
    refused(MAP, VOCABULARIES.substring(0, 100), "vocab.json");
    refused(MAP, VOCABULARIES.replace("\"ann\": 1", "\"ann\": []"), "vocab.json");
    refused(MAP, VOCABULARIES.replace("\"ann\": 1", "\"ann\": \"one\""), "user", "one");
  }

  @Test
  void vocabulariesThatAreNotFuxiCtrsAreRefused() {
    refused(MAP, VOCABULARIES.replace("\"__OOV__\": 3", "\"x\": 3"), "user", "found none");
    refused(MAP, VOCABULARIES.replace("\"__OOV__\": 3", "\"__OOV__\": 7"), "user", "3", "row 7");
    refused(MAP, VOCABULARIES.replace("\"ann\": 1", "\"ann\": 2"), "user", "ann", "row 2");
    refused(MAP, VOCABULARIES.replace("\"ann\": 1", "\"ann\": -1"), "user", "ann", "row -1");
    refused(MAP, VOCABULARIES.replace("\"__PAD__\": 0, \"ann", "\"x\": 0, \"y\": 0, \"ann"), "x");
    refused(MAP, VOCABULARIES.replace("\"ann\": 1", "\"\": 1"), "user", "row 1");
    refused(MAP, VOCABULARIES.replace("\"user\"", "\"usr\""), "user", "usr");
  }

  @Test
  void filesThatDoNotBelongTogetherAreRefused() {
    refused(MAP.replace("\"vocab_size\": 4", "\"vocab_size\": 9"), VOCABULARIES, "user", "9", "4");
    refused(MAP.replace(", \"vocab_size\": 4", ""), VOCABULARIES, "user", "expected no rows", "4");
    refused(MAP, VOCABULARIES.replace("\"2\": 2, \"3\"", "\"1\": 2, \"3\""), "hist", "item");
    refused(MAP.replace("\"user\"", "\"usr\""), VOCABULARIES, "there is no field user", "usr");
  }
}
