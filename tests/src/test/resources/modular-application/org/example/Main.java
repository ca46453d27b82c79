package org.example;

import java.nio.file.Path;
import java.util.Map;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import org.recallrank.model.config.Settings;
import org.recallrank.model.schema.BatchBuffer;
import org.recallrank.model.serve.Ranker;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.training.TrainingJob;
import org.recallrank.training.data.DatasetCache;
import org.recallrank.training.data.DatasetFolder;
import org.recallrank.training.metrics.Evaluator;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.world.GeneratedWorld;
import org.recallrank.training.train.TrainingSpec;

/**
 * Trains on a small generated world, loads the model and scores: prints the backends of trainer and
 * ranker, and the AUC.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    GeneratedWorld world = new GeneratedWorld(GeneratedWorld.Config.ofRows(1500, 1));
    DatasetCache cache = new DatasetCache(folder.resolve("cache"));
    Settings settings =
        new Settings(Map.of("epochs", "1", "batch_size", "256", "hidden_units", "8"));
    TrainingSpec spec = TrainingSpec.of("deepfm", "none", settings);
    try (Workers workers = Workers.create(2)) {
      Kernels kernels = new KernelSelector().select(null, workers).kernels();
      Path run =
          new TrainingJob(world, spec)
              .cache(cache)
              .run(kernels, folder.resolve("run"), true)
              .folder();
      SavedModel saved = SavedModel.load(run);
      try (Ranker ranker = Ranker.load(run);
          DatasetFolder data = cache.open(world, 1)) {
        double auc =
            new Evaluator(saved.model(), kernels)
                .evaluate(data.split(Split.TEST), new BatchBuffer(data.schema(), 64))
                .metrics()
                .auc();
        System.out.println(kernels.name() + " " + ranker.kernels() + " " + auc);
      }
    }
  }
}
