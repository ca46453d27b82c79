package org.recallrank.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.recallrank.cli.CommandLineRun;

/**
 * Two small trained runs of data with fields of every type and role: {@code runs/a} with RAR, and
 * {@code runs/b} without.
 */
final class ServedRuns {
  private static final int USERS = 60;
  private static final int ITEMS = 40;
  private static final String[] WITH_RAR = {
    "--enrich=rar", "--set=dssm_epochs=1", "--set=pool_items=30", "--set=pool_users=20"
  };
  private static final String[] WITHOUT = {"--enrich=none"};

  private final Path folder;

  ServedRuns(Path folder) throws IOException {
    this.folder = folder;
    Random random = new Random(5);
    List<String> rows = new ArrayList<>(List.of("click,user,age,likes,item,price,hour"));
    for (int r = 0; r < 1000; r++) {
      int u = random.nextInt(USERS);
      int i = random.nextInt(ITEMS);
      rows.add(
          "%d,u%d,%d,l%d^l%d,i%d,%.2f,%d"
              .formatted(u * i % 3 / 2, u, u % 50, u % 3, u % 5, i, i % 11 * 0.25, r % 24));
    }
    Files.write(folder.resolve("data.csv"), rows);
  }

  private void train(Path run, String... more) {
    String[] options = {
      "train",
      "--data=" + folder.resolve("data.csv"),
      "--split=8:1:1",
      "--label=click",
      "--user=user",
      "--item=item",
      "--user-fields=age,likes",
      "--item-fields=price",
      "--numeric=age,price",
      "--sequence=likes:3",
      "--model=dcnv2",
      "--set=epochs=1",
      "--set=parallel_dnn_hidden_units=16,8",
      "--set=embedding_std=0.1",
      "--cache=" + folder.resolve("cache"),
      "--out=" + run
    };
    CommandLineRun trained = CommandLineRun.of(options, more);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
  }

  /** The folder of a run, which is trained if it is not there. */
  Path run(String name) {
    Path run = folder.resolve("runs").resolve(name);
    if (!Files.exists(run)) {
      train(run, name.equals("a") ? WITH_RAR : WITHOUT);
    }
    return run;
  }
}
