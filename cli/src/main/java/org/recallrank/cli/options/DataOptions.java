package org.recallrank.cli.options;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.recall.PoolFile;
import org.recallrank.training.recall.SuppliedPools;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.candictr.CandiCtrSource;
import org.recallrank.training.source.csv.CsvLayout;
import org.recallrank.training.source.csv.CsvSource;
import org.recallrank.training.source.kkbox.KkBoxSource;
import org.recallrank.training.source.movielens.MovieLensRatingsSource;
import org.recallrank.training.source.movielens.MovieLensTagsSource;
import org.recallrank.training.source.world.GeneratedWorld;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What to learn from. */
public final class DataOptions {
  private static final List<String> FORMATS =
      List.of("csv", "movielens-tags", "movielens-ratings", "kkbox", "candictr", "world");
  private static final int DEFAULT_SEQUENCE_LENGTH = 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--format",
      defaultValue = "csv",
      description =
          "csv, movielens-tags, movielens-ratings, kkbox, candictr or world (default:"
              + " ${DEFAULT-VALUE})")
  private String format;

  @Option(
      names = "--data",
      description = "csv: one file to be split; world: not needed; else the folder")
  private Path data;

  @Option(names = "--train", description = "csv: file of the training rows")
  private Path train;

  @Option(names = "--valid", description = "csv: file of the validation rows")
  private Path valid;

  @Option(names = "--test", description = "csv: file of the test rows")
  private Path test;

  @Option(
      names = "--split",
      paramLabel = "T:V:S",
      description = "shares of training, validation and test rows, such as 8:1:1")
  private String split;

  @Option(
      names = "--split-seed",
      defaultValue = "2024",
      description =
          "what the split, negatives and the world are drawn with (default: ${DEFAULT-VALUE})")
  private long splitSeed;

  @Option(
      names = "--label",
      defaultValue = "label",
      description = "csv: column with 0 and 1 (default: ${DEFAULT-VALUE})")
  private String label;

  @Mixin private EntityOptions entities;

  @Option(names = "--numeric", split = ",", description = "csv: columns with numbers")
  private List<String> numeric = new ArrayList<>();

  @Option(
      names = "--sequence",
      split = ",",
      paramLabel = "COLUMN[:N]",
      description = "csv: columns with tokens separated by ^, of which the first N are kept (20)")
  private List<String> sequences = new ArrayList<>();

  @Option(
      names = "--sequence-pooling",
      defaultValue = "MEAN",
      description = "how a sequence becomes one vector: ${COMPLETION-CANDIDATES}")
  private Field.Pooling pooling;

  @Option(names = "--ignore", split = ",", description = "csv: columns to leave out")
  private List<String> ignored = new ArrayList<>();

  @Option(
      names = "--threshold",
      defaultValue = "4",
      description = "movielens-ratings: a rating from here on is a click (${DEFAULT-VALUE})")
  private double threshold;

  @Option(
      names = "--negatives",
      defaultValue = "2",
      description = "movielens-tags: random tags per click (default: ${DEFAULT-VALUE})")
  private int negatives;

  @Option(
      names = "--rows",
      defaultValue = "100000",
      description = "world: how many rows (default: ${DEFAULT-VALUE})")
  private long rows;

  @Option(
      names = "--min-count",
      description = "how often a value must occur in training to be known (1; kkbox: 10)")
  private Integer minCount;

  @Option(
      names = "--bad-rows",
      defaultValue = "fail",
      paramLabel = "fail|skip:N",
      description = "malformed rows: fail, or leave out up to N of them")
  private String badRows;

  @Option(
      names = "--pool-items",
      description = "recall items of another recall stage: CSV of user, item, score")
  private Path poolItems;

  @Option(
      names = "--pool-users",
      description = "look-alike users of another recall stage: CSV of user, user, score")
  private Path poolUsers;

  private CandiCtrSource candiCtr;

  @Option(
      names = "--cache",
      description = "folder of encoded data (default: recallrank in the user's cache folder)")
  private Path cache;

  /**
   * The source meant.
   *
   * @throws DataException if files are missing or do not fit together
   */
  public DataSource source() {
    BadRows policy = BadRows.parse(badRows);
    return switch (format) {
      case "csv" -> csv(policy);
      case "movielens-tags" ->
          new MovieLensTagsSource(
              folder(),
              new MovieLensTagsSource.Options(negatives, ratios("7:2:1"), splitSeed, policy));
      case "movielens-ratings" ->
          new MovieLensRatingsSource(
              folder(),
              new MovieLensRatingsSource.Options(threshold, ratios("8:1:1"), splitSeed, policy));
      case "kkbox" ->
          new KkBoxSource(folder(), new KkBoxSource.Options(ratios("8:1:1"), splitSeed, policy));
      case "candictr" -> candiCtr();
      case "world" -> world();
      default ->
          throw new DataException(
              "unknown --format \""
                  + format
                  + "\""
                  + Nearest.hint(format, FORMATS)
                  + "; known: "
                  + String.join(", ", FORMATS));
    };
  }

  /** One for rows and pools, as it remembers what it has checked. */
  private CandiCtrSource candiCtr() {
    if (candiCtr == null) {
      BadRows policy = BadRows.parse(badRows);
      candiCtr =
          new CandiCtrSource(
              folder(), new CandiCtrSource.Options(ratios("9:1:0"), splitSeed, policy));
    }
    return candiCtr;
  }

  private GeneratedWorld world() {
    return new GeneratedWorld(GeneratedWorld.Config.ofRows(rows, splitSeed));
  }

  private Path folder() {
    if (data == null) {
      throw new DataException("--format " + format + " needs the folder of the files: --data");
    }
    return data;
  }

  private SplitRatios ratios(String usual) {
    return SplitRatios.parse(split == null ? usual : split);
  }

  private CsvSource csv(BadRows policy) {
    CsvLayout layout =
        entities
            .layout(label)
            .withNumeric(numeric)
            .withSequences(sequences.stream().map(this::sequence).toList())
            .withIgnored(ignored);
    if (data != null) {
      if (train != null || valid != null || test != null) {
        throw new DataException("--data is one file to be split; give it or --train, not both");
      }
      return CsvSource.ofOneFile(data, ratios("8:1:1"), splitSeed, layout, policy);
    }
    if (train == null || valid == null) {
      throw new DataException(
          "--format csv needs --train and --valid (and --test), or --data with one file to be"
              + " split");
    }
    Map<Split, Path> files = new EnumMap<>(Split.class);
    files.put(Split.TRAIN, train);
    files.put(Split.VALID, valid);
    if (test != null) {
      files.put(Split.TEST, test);
    }
    return CsvSource.ofFiles(files, layout, policy);
  }

  private CsvLayout.Sequence sequence(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int length =
          colon < 0 ? DEFAULT_SEQUENCE_LENGTH : Integer.parseInt(text.substring(colon + 1));
      if (length > 0) {
        return new CsvLayout.Sequence(
            colon < 0 ? text : text.substring(0, colon), length, pooling, null);
      }
    } catch (NumberFormatException e) {
      // falls through to the message
    }
    throw new DataException(
        "--sequence: expected COLUMN or COLUMN:N with N from 1 on, found " + text);
  }

  /** The pools supplied, or null if DSSM is to build them. */
  public Function<Encoding, SuppliedPools> pools(int r, int l) {
    if (format.equals("world") && poolItems == null && poolUsers == null) {
      return encoding ->
          new SuppliedPools(
              world().recallItems(encoding, r), world().lookAlikes(encoding, l), List.of());
    }
    if (format.equals("candictr") && poolItems == null && poolUsers == null) {
      CandiCtrSource source = candiCtr();
      return encoding -> {
        CandiCtrSource.RecallItems items = source.recallItems(encoding, minCount(), r);
        return new SuppliedPools(
            items.ofUsers(), source.lookAlikes(encoding, l), items.ofSessions(), List.of());
      };
    }
    if (poolItems == null && poolUsers == null) {
      return null;
    }
    if (poolItems == null || poolUsers == null) {
      throw new DataException("--pool-items and --pool-users go together");
    }
    BadRows policy = BadRows.parse(badRows);
    return encoding -> {
      PoolFile items = PoolFile.items(poolItems, encoding, r, policy);
      PoolFile users = PoolFile.users(poolUsers, encoding, l, policy);
      List<String> remarks = new ArrayList<>();
      remark(remarks, poolItems, items);
      remark(remarks, poolUsers, users);
      return new SuppliedPools(items.pool(), users.pool(), remarks);
    };
  }

  /** Enough to notice that it is not the same data, or not the same pools. */
  public String checksum(DatasetFolder folder) {
    CRC32 crc = new CRC32();
    for (Path pool : new Path[] {poolItems, poolUsers}) {
      if (pool != null) {
        crc.update(PoolFile.fingerprint(pool).getBytes(StandardCharsets.UTF_8));
      }
    }
    return folder.id() + (crc.getValue() == 0 ? "" : String.format(", pools %08x", crc.getValue()));
  }

  /** Says what of a pool file was left out, if anything was. */
  private static void remark(List<String> remarks, Path file, PoolFile read) {
    if (read.unknownUsers() + read.unknownMembers() + read.selves() > 0) {
      remarks.add(
          file
              + ": of "
              + read.rows()
              + " rows left out "
              + read.unknownUsers()
              + " of users and "
              + read.unknownMembers()
              + " with members that training does not know, "
              + read.selves()
              + " that name a user as its own look-alike");
    }
    read.skipped().forEach(skipped -> remarks.add(skipped.toString()));
  }

  public String label() {
    return format.equals("csv") ? label : "label";
  }

  public int minCount() {
    if (minCount != null) {
      return minCount;
    }
    return format.equals("kkbox") ? KkBoxSource.MIN_COUNT : 1;
  }

  public DatasetCache cache() {
    return new DatasetCache(cache == null ? DatasetCache.defaultRoot(System.getenv()) : cache);
  }

  /** All options of the command line but those that say where results go, for config.yaml. */
  public Map<String, String> given() {
    return ConfigFile.given(spec);
  }
}
