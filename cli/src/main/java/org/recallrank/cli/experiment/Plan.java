package org.recallrank.cli.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.Settings.Setting;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.enrich.Enrichers;
import org.recallrank.training.train.TrainingSpec;

/**
 * The cells of an experiment, seed by seed, so that what there is after half the time is a table of
 * half the seeds and not half a table.
 */
public record Plan(String name, List<Cell> cells) {
  /** The base models in the order of the paper's Table 2. */
  public static final List<String> MODELS =
      List.of("ipnn", "widedeep", "deepfm", "dcn", "xdeepfm", "autoint", "deepim", "dcnv2");

  /** The base models of Table 3, in its order. */
  public static final List<String> ABLATED = List.of("dcnv2", "xdeepfm", "deepim");

  private static final List<Integer> BITS = List.of(64, 128, 256, 512);
  private static final List<Integer> POOLS = List.of(100, 200, 300);

  /** CandiCTR-Pub's longest recall set, which Table 4 calls the full one. */
  private static final int FULL_POOL = 305;

  /**
   * What a plan is made from.
   *
   * @param models null for those of the paper
   * @param enrichers of which the columns are kept; null for all
   * @param settings given for every cell that knows them
   * @param tuned settings of a model and enricher found before, in place of {@code settings}
   * @param items how many items a pool can hold
   */
  public record Basis(
      List<String> models,
      List<String> enrichers,
      List<Long> seeds,
      Map<String, String> settings,
      BiFunction<String, String, Map<String, String>> tuned,
      int items) {}

  /** A column: a name, an enricher and what it sets. */
  private record Column(String name, String enrich, Map<String, String> settings) {}

  /** The names of the experiments that consist of cells. */
  public static List<String> names() {
    return List.of("table2", "table3", "table4", "sensitivity", "selection");
  }

  /**
   * The plan of an experiment.
   *
   * @throws SettingsException if no cell knows a setting, its value is out of range, or an enricher
   *     is in none of the columns
   */
  public static Plan of(String name, Basis basis) {
    List<String> paper =
        switch (name) {
          case "table2" -> MODELS;
          case "table3" -> ABLATED;
          default -> List.of("dcnv2");
        };
    List<String> models = basis.models == null ? paper : basis.models;
    Map<String, List<Column>> columns = new LinkedHashMap<>();
    for (String model : models) {
      columns.put(model, kept(name, basis, columns(name, basis, model)));
    }
    return new Plan(name, cells(basis, columns));
  }

  private static List<Column> columns(String name, Basis basis, String model) {
    return switch (name) {
      case "table2" ->
          List.of(
              column("Raw", "none"),
              column("+FRNet", "frnet"),
              column("+CIM", "cim"),
              column("+RAR", "rar"));
      case "table3" ->
          List.of(
              column("Raw", "none"),
              column("RAR-user", "rar", "rar_variant", "user"),
              column("RAR-select", "rar", "rar_variant", "select"),
              column("RAR-aux-wght", "rar", "rar_variant", "aux_wght"),
              column("RAR-wght", "rar", "rar_variant", "wght"),
              column("RAR", "rar"));
      case "table4" -> {
        String pool = Integer.toString(Math.min(FULL_POOL, basis.items));
        yield List.of(
            column("CIM_short", "cim", "cim_length", "short", "pool_items", pool),
            column("CIM_long", "cim", "cim_length", "long", "pool_items", pool),
            column("RAR", "rar", "pool_items", pool));
      }
      case "sensitivity" -> sensitivity(basis, model);
      case "selection" -> selection(basis);
      default ->
          throw new SettingsException(
              "unknown experiment \""
                  + name
                  + "\""
                  + Nearest.hint(name, names())
                  + "; known: "
                  + String.join(", ", names())
                  + ", scale");
    };
  }

  private static List<Column> kept(String name, Basis basis, List<Column> columns) {
    if (basis.enrichers == null) {
      return columns;
    }
    Set<String> there = columns.stream().map(Column::enrich).collect(Collectors.toSet());
    for (String enricher : basis.enrichers) {
      Enrichers.check(enricher);
      if (!there.contains(enricher)) {
        throw new SettingsException("--enrichers: " + name + " has no column with " + enricher);
      }
    }
    return columns.stream().filter(c -> basis.enrichers.contains(c.enrich)).toList();
  }

  /** Each of k_l, k_r, alpha and the hash bits alone, around the settings that the model has. */
  private static List<Column> sensitivity(Basis basis, String model) {
    Map<String, String> values =
        asked(model, "rar").stream().collect(Collectors.toMap(Setting::key, Setting::defaultValue));
    values.putAll(basis.tuned.apply(model, "rar"));
    values.putAll(basis.settings);
    Settings usual = new Settings(values);
    int users = usual.integer("pool_users", 1, 1, "look-alikes of a pool");
    int items = usual.integer("pool_items", 1, 1, "items of a pool");
    Map<String, List<String>> series = new LinkedHashMap<>();
    series.put("rar_look_alikes", upTo(users, 1, 2, 5, 10, 20, 50));
    series.put("rar_recall_items", upTo(items, 1, 5, 10, 20, 50, 100));
    series.put("rar_alpha", List.of("0.1", "0.3", "0.5", "0.7", "0.9", "1"));
    series.put("rar_hash_bits", BITS.stream().map(String::valueOf).toList());
    List<Column> columns = new ArrayList<>();
    columns.add(column("Raw", "none"));
    columns.add(column("RAR", "rar"));
    series.forEach(
        (key, all) -> {
          for (String value : all) {
            if (Double.parseDouble(value) != usual.number(key, 0, 0, 1e9, "the usual value")) {
              columns.add(column(key + "=" + value, "rar", key, value));
            }
          }
        });
    return columns;
  }

  private static List<String> upTo(int most, int... values) {
    return java.util.Arrays.stream(values)
        .filter(v -> v <= most)
        .mapToObj(Integer::toString)
        .toList();
  }

  private static List<Column> selection(Basis basis) {
    Set<Integer> pools = new TreeSet<>();
    POOLS.forEach(size -> pools.add(Math.min(size, basis.items)));
    List<Column> columns = new ArrayList<>();
    for (int pool : pools) {
      String items = Integer.toString(pool);
      columns.add(column("exact pool=" + pool, "rar", "rar_variant", "exact", "pool_items", items));
      for (int bits : BITS) {
        columns.add(
            column(
                bits + " bits pool=" + pool,
                "rar",
                "rar_hash_bits",
                Integer.toString(bits),
                "pool_items",
                items));
      }
    }
    return columns;
  }

  private static Column column(String name, String enrich, String... keysAndValues) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return new Column(name, enrich, settings);
  }

  private static List<Cell> cells(Basis basis, Map<String, List<Column>> columnsOfModel) {
    Set<String> known = new TreeSet<>();
    List<Cell> cells = new ArrayList<>();
    for (long seed : basis.seeds) {
      for (Map.Entry<String, List<Column>> columns : columnsOfModel.entrySet()) {
        String model = columns.getKey();
        for (Column column : columns.getValue()) {
          Set<String> keys = keys(model, column.enrich);
          known.addAll(keys);
          Map<String, String> settings =
              new LinkedHashMap<>(basis.tuned.apply(model, column.enrich));
          settings.putAll(basis.settings);
          settings.keySet().retainAll(keys);
          settings.putAll(column.settings);
          settings.remove("seed");
          Cell cell = new Cell(model, column.name, column.enrich, settings, seed);
          cell.spec(); // checks it before anything is trained
          cells.add(cell);
        }
      }
    }
    for (String key : basis.settings.keySet()) {
      if (!known.contains(key)) {
        throw new SettingsException(
            "unknown setting \"" + key + "\"" + Nearest.hint(key, known) + " in every cell");
      }
    }
    return cells;
  }

  /** The keys that a model with an enricher reads. */
  public static Set<String> keys(String model, String enrich) {
    return asked(model, enrich).stream().map(Setting::key).collect(Collectors.toSet());
  }

  private static java.util.Collection<Setting> asked(String model, String enrich) {
    return TrainingSpec.of(model, enrich, Settings.defaults()).settings().asked();
  }
}
