package org.recallrank.training.recall;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.recall.RecallVectors;
import org.recallrank.model.schema.Encoding;
import org.recallrank.tensor.Rng;
import org.recallrank.training.Durations;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.source.Split;
import org.recallrank.training.train.TrainingSpec;

/**
 * The recall stage of a data set, run once for all models that agree on seed and settings: they get
 * the very same vectors and pools. What it holds, it holds for the seed asked for last.
 */
public final class SharedRecall {
  private final Kernels kernels;
  private final DatasetFolder data;
  private final Function<PoolConfig, Function<Encoding, SuppliedPools>> supplied;
  private final Consumer<String> say;
  private final Map<Dssm.Config, RecallVectors> vectors = new HashMap<>();
  private final Map<FoldKey, List<RecallVectors>> foldVectors = new HashMap<>();
  private final Map<Key, RecallData> known = new HashMap<>();
  private RecallStage stage;
  private long seed;

  private record FoldKey(Dssm.Config dssm, int folds) {}

  private record Key(Dssm.Config dssm, PoolConfig pools, boolean withVectors) {}

  /**
   * Of one data set; nothing is built before it is asked for.
   *
   * @param supplied pools of a recall stage that there is; gives null if DSSM is to build them
   */
  public SharedRecall(
      Kernels kernels,
      DatasetFolder data,
      Function<PoolConfig, Function<Encoding, SuppliedPools>> supplied,
      Consumer<String> say) {
    this.kernels = kernels;
    this.data = data;
    this.supplied = supplied;
    this.say = say;
  }

  /**
   * Recall data for a model. May be called from several threads; one builds, the others wait.
   *
   * @throws SettingsException if the data names no user or item, or the pools are too large for it
   */
  public synchronized RecallData of(TrainingSpec spec) {
    if (data.schema().user() < 0 || data.schema().item() < 0) {
      throw new SettingsException(
          spec.model().enrich()
              + " needs to know the user and the item of a row; name their columns with --user and"
              + " --item");
    }
    if (spec.train().seed() != seed) {
      vectors.clear();
      foldVectors.clear();
      known.clear();
      seed = spec.train().seed();
    }
    if (stage == null) {
      stage = new RecallStage(data.split(Split.TRAIN));
    }
    var pools = supplied.apply(spec.pools());
    if (pools == null) {
      stage.check(spec.pools()); // before models are trained for them
    }
    boolean withVectors = pools == null || spec.model().needsRecallVectors();
    Key key = new Key(spec.dssm(), spec.pools(), withVectors);
    RecallData recall = known.get(key);
    if (recall == null) {
      recall = build(spec, pools, withVectors ? vectors(spec) : null);
      known.put(key, recall);
    }
    return recall;
  }

  private RecallVectors vectors(TrainingSpec spec) {
    RecallVectors found = vectors.get(spec.dssm());
    if (found != null) {
      return found;
    }
    long start = System.nanoTime();
    double[] loss = new double[1];
    RecallVectors trained =
        stage.vectors(kernels, spec.dssm(), new Rng(seed).split("recall"), l -> loss[0] = l);
    vectors.put(spec.dssm(), trained);
    say.accept(
        String.format(
            Locale.ROOT,
            "recall model: DSSM, loss %.3f after %d epochs (%s)",
            loss[0],
            spec.dssm().epochs(),
            Durations.since(start)));
    return trained;
  }

  private List<RecallVectors> foldVectors(TrainingSpec spec) {
    int folds = spec.pools().folds();
    if (folds == 0) {
      return List.of();
    }
    return foldVectors.computeIfAbsent(
        new FoldKey(spec.dssm(), folds),
        key -> {
          long start = System.nanoTime();
          List<RecallVectors> trained =
              stage.foldVectors(kernels, spec.dssm(), new Rng(seed).split("recall"), folds);
          say.accept(
              String.format(
                  Locale.ROOT,
                  "recall models for the %d folds of the training rows (%s)",
                  folds,
                  Durations.since(start)));
          return trained;
        });
  }

  private RecallData build(
      TrainingSpec spec, Function<Encoding, SuppliedPools> pools, RecallVectors recallVectors) {
    long start = System.nanoTime();
    RecallData recall;
    if (pools == null) {
      recall = stage.nearest(kernels, recallVectors, foldVectors(spec), spec.pools());
    } else {
      SuppliedPools read = pools.apply(data.encoding());
      read.remarks().forEach(say);
      recall =
          stage.supplied(read.items(), read.users(), read.sessions(), recallVectors, spec.pools());
    }
    say.accept(
        String.format(
            Locale.ROOT,
            "recall pools: %,d users with %d items and %d look-alikes each%s (%s)",
            recall.pools().userCount() - 2,
            spec.pools().items(),
            spec.pools().users(),
            recall.pools().sessions() == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    ", %,d sessions with items of their own",
                    recall.pools().sessions()),
            Durations.since(start)));
    return recall;
  }
}
