package org.recallrank.training.recall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Workers;
import org.recallrank.model.config.Settings;
import org.recallrank.model.recall.Exposures;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.tensor.Rng;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.data.DatasetWriter;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.csv.CsvLayout;
import org.recallrank.training.source.csv.CsvSource;

/** Nothing of validation or test reaches vocabularies, pools or exposures. */
class NoLeakTest {
  private static final String HEADER = "label,user,item\n";
  private static final PoolConfig POOLS = new PoolConfig(5, 4);

  private static final PoolConfig FOLDS = new PoolConfig(5, 4, 3);
  private static final Dssm.Config DSSM =
      Dssm.Config.from(new Settings(Map.of("dssm_epochs", "2", "dssm_dim", "8")));

  @TempDir private Path folder;

  private String rows(int count, long seed, String prefix) {
    Random random = new Random(seed);
    StringBuilder csv = new StringBuilder(HEADER);
    for (int i = 0; i < count; i++) {
      csv.append(random.nextInt(2))
          .append(",u")
          .append(random.nextInt(20))
          .append(',')
          .append(prefix)
          .append(random.nextInt(15))
          .append('\n');
    }
    return csv.toString();
  }

  private DatasetFolder data(String name, String train, String valid, String test)
      throws IOException {
    Path inputs = Files.createDirectory(folder.resolve(name));
    CsvSource source =
        CsvSource.ofFiles(
            Map.of(
                Split.TRAIN, Files.writeString(inputs.resolve("train.csv"), train),
                Split.VALID, Files.writeString(inputs.resolve("valid.csv"), valid),
                Split.TEST, Files.writeString(inputs.resolve("test.csv"), test)),
            CsvLayout.of("label", "user", "item"),
            BadRows.FAIL);
    DatasetWriter.write(source, 1, inputs.resolve("encoded"));
    return DatasetFolder.open(inputs.resolve("encoded"));
  }

  private static RecallData recall(DatasetFolder data, Split split) {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = new KernelSelector().select("scalar", workers).kernels();
      RecallStage stage = new RecallStage(data.split(split));
      return stage.nearest(kernels, stage.vectors(kernels, DSSM, new Rng(3), loss -> {}), POOLS);
    }
  }

  @Test
  void recallDataDependsOnTrainingRowsOnly() throws IOException {
    String train = rows(200, 1, "i");
    try (DatasetFolder one = data("one", train, rows(50, 2, "i"), rows(50, 3, "i"));
        DatasetFolder other = data("other", train, rows(70, 4, "new"), rows(90, 5, "unseen"))) {
      RecallData a = recall(one, Split.TRAIN);
      RecallData b = recall(other, Split.TRAIN);
      assertThat(b.pools().items()).isEqualTo(a.pools().items());
      assertThat(b.pools().users()).isEqualTo(a.pools().users());
      assertThat(b.vectors().items()).isEqualTo(a.vectors().items());
      assertThat(b.items().size()).isEqualTo(a.items().size());
      assertThat(labels(b)).isEqualTo(labels(a));
    }
  }

  /** A planted leak must be seen: the comparison above would notice one more training row. */
  @Test
  void aPlantedTestRowChangesTheRecallData() throws IOException {
    String train = rows(200, 1, "i");
    String leaked = train + "1,u3,leaked\n";
    try (DatasetFolder clean = data("clean", train, rows(50, 2, "i"), rows(50, 3, "i"));
        DatasetFolder leaky = data("leaky", leaked, rows(50, 2, "i"), rows(50, 3, "i"))) {
      RecallData a = recall(clean, Split.TRAIN);
      RecallData b = recall(leaky, Split.TRAIN);
      assertThat(b.items().size()).isEqualTo(a.items().size() + 1);
      assertThat(b.vectors().items()).isNotEqualTo(a.vectors().items());
    }
  }

  /** With folds the pool that a training row is trained with does not know of the row's click. */
  @Test
  void aPoolForTrainingDoesNotKnowTheRow() throws IOException {
    String train = rows(200, 1, "i");
    String clicked = train + "1,u3,i7\n";
    String shown = train + "0,u3,i7\n";
    try (DatasetFolder one = data("clicked", clicked, rows(50, 2, "i"), rows(50, 3, "i"));
        DatasetFolder other = data("shown", shown, rows(50, 2, "i"), rows(50, 3, "i"))) {
      RecallData a = recallByFolds(one);
      RecallData b = recallByFolds(other);
      BatchBuffer last = new BatchBuffer(one.schema(), 1);
      Batch row = one.split(Split.TRAIN).fill(last, 200, 1);
      int training = a.pools().list(row, 0, true);
      assertThat(training).isNotEqualTo(a.pools().owner(row, 0));
      assertThat(list(b, training)).isEqualTo(list(a, training));
      assertThat(b.pools().items())
          .as("pools of the other folds, and those for scoring, know it")
          .isNotEqualTo(a.pools().items());
      assertThat(a.pools().lists()).isEqualTo(a.users().size() * (1 + FOLDS.folds()));
    }
  }

  private static RecallData recallByFolds(DatasetFolder data) {
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = new KernelSelector().select("scalar", workers).kernels();
      RecallStage stage = new RecallStage(data.split(Split.TRAIN));
      RecallVectors vectors = stage.vectors(kernels, DSSM, new Rng(3), loss -> {});
      return stage.nearest(
          kernels, vectors, stage.foldVectors(kernels, DSSM, new Rng(3), FOLDS.folds()), FOLDS);
    }
  }

  private static int[] list(RecallData recall, int list) {
    int r = recall.pools().itemsPerUser();
    return Arrays.copyOfRange(recall.pools().items(), list * r, (list + 1) * r);
  }

  @Test
  void otherRowsThanTrainingRowsAreRefused() throws IOException {
    try (DatasetFolder data =
        data("refused", rows(200, 1, "i"), rows(50, 2, "i"), rows(50, 3, "i"))) {
      for (Split split : new Split[] {Split.VALID, Split.TEST}) {
        assertThatThrownBy(() -> recall(data, split))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("training rows only");
      }
    }
  }

  /** The exposure labels of every user and its recall items: by all its look-alikes, its own. */
  private static float[] labels(RecallData data) {
    int[] items = data.pools().items();
    int[] lookAlikes = data.pools().users();
    int r = POOLS.items();
    int l = POOLS.users();
    int users = data.users().size();
    float[] labels = new float[2 * users * r];
    for (int user = 0; user < users; user++) {
      Exposures exposures = data.exposures();
      exposures.labels(
          new Ids(lookAlikes, user * l, l),
          new Ids(items, user * r, r),
          new Matrix(labels, 2 * user * r, 1, r));
      exposures.ownLabels(user, items, user * r, r, labels, (2 * user + 1) * r);
    }
    return labels;
  }
}
