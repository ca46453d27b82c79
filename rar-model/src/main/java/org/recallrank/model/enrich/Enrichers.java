package org.recallrank.model.enrich;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.config.Nearest;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.ServedRecall;
import org.recallrank.model.schema.Schema;

/** The enrichers by name. */
public final class Enrichers {

  /** What an enricher needs of the recall stage. */
  public enum RecallNeed {
    /** Nothing: it works on the row alone. */
    NONE,
    /** Pools of recall items and look-alike users. */
    POOLS,
    /** The recall model's vectors as well. */
    POOLS_AND_VECTORS
  }

  /** Builds an enricher whose settings have been read. */
  @FunctionalInterface
  public interface Factory {
    /**
     * Builds the enricher; its parameters go to {@code parameters}.
     *
     * @param embedding the embedding layer of the model that is enriched
     * @param recall null if the enricher needs none
     */
    Enricher build(
        ParameterSet parameters, Schema schema, FeatureEmbedding embedding, RecallData recall);
  }

  /** Builds an enricher of a frozen model. */
  @FunctionalInterface
  public interface ServingFactory {
    /**
     * Builds the enricher of a frozen set's values.
     *
     * @param parameters a frozen set
     * @param embedding the embedding layer of the model that is enriched
     * @param recall null if the enricher needs none
     */
    Enricher build(
        ParameterSet parameters, Schema schema, FeatureEmbedding embedding, ServedRecall recall);
  }

  /**
   * An enricher with its settings.
   *
   * @param serving for a model that only scores
   */
  public record Configured(RecallNeed need, Factory factory, ServingFactory serving) {
    /** One that needs no recall data is the same wherever it is. */
    static Configured withoutRecall(Factory factory) {
      return new Configured(
          RecallNeed.NONE,
          factory,
          (set, schema, e, recall) -> factory.build(set, schema, e, null));
    }
  }

  /**
   * @param embeddingStd default standard deviation of new embedding tables
   */
  private record Kind(double embeddingStd, Function<Settings, Configured> configure) {}

  /** FuxiCTR's start of embeddings. */
  private static final double RAW_STD = 1e-4;

  private static final Map<String, Kind> KINDS =
      new TreeMap<>(
          Map.of(
              // As its source. Layer normalisation makes up for the scale of the candidates, but
              // with its epsilon of 1e-8 not for that of 1e-4; and the scores have to tell
              // candidates apart from the start.
              "cim",
              new Kind(0.02, Enrichers::cim),
              "none",
              new Kind(RAW_STD, s -> Configured.withoutRecall((set, f, e, r) -> new Identity())),
              // FRNet keeps E itself in E', so it starts where the raw model does; what it adds is
              // free of that scale (batch normalisation) or as small.
              "frnet",
              new Kind(RAW_STD, Enrichers::frNet),
              // RAR's matching matrix sees the entities' embeddings only, and from 1e-4 its scores
              // stay at 0 for many epochs.
              "rar",
              new Kind(0.01, Enrichers::rar)));

  private Enrichers() {}

  private static Configured cim(Settings settings) {
    CimConfig config = CimConfig.from(settings);
    return new Configured(
        RecallNeed.POOLS,
        (set, schema, embedding, recall) -> new Cim(set, schema, embedding, recall, config),
        (set, schema, embedding, recall) -> new CimServing(set, schema, embedding, recall, config));
  }

  private static Configured frNet(Settings settings) {
    FrNetConfig config = FrNetConfig.from(settings);
    return Configured.withoutRecall(
        (set, schema, embedding, recall) ->
            new FrNet(set, "frnet.", schema.fields().size(), embedding.dim(), config));
  }

  private static Configured rar(Settings settings) {
    RarConfig config = RarConfig.from(settings);
    return new Configured(
        config.hashSource() == RarConfig.HashSource.RECALL
            ? RecallNeed.POOLS_AND_VECTORS
            : RecallNeed.POOLS,
        (set, schema, embedding, recall) -> new Rar(set, embedding, recall, config),
        (set, schema, embedding, recall) -> new RarServing(set, embedding, recall, config));
  }

  /** All names, sorted. */
  public static List<String> names() {
    return List.copyOf(KINDS.keySet());
  }

  /**
   * Checks a name.
   *
   * @throws SettingsException naming the known enrichers and the nearest if it is unknown
   */
  public static void check(String name) {
    if (!KINDS.containsKey(name)) {
      throw new SettingsException(
          "unknown enricher \""
              + name
              + "\""
              + Nearest.hint(name, names())
              + "; known: "
              + String.join(", ", names()));
    }
  }

  /** The default standard deviation of new embedding tables with this enricher. */
  public static double embeddingStd(String name) {
    check(name);
    return KINDS.get(name).embeddingStd();
  }

  /** Reads an enricher's settings. */
  public static Configured configure(String name, Settings settings) {
    check(name);
    return KINDS.get(name).configure().apply(settings);
  }
}
