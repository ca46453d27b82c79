package org.recallrank.bench.gpu;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.recallrank.bench.cases.GeneratedFolder;
import org.recallrank.bench.cases.KernelCase.Work;
import org.recallrank.bench.compare.Duel;
import org.recallrank.kernels.Kernels;
import org.recallrank.model.config.Settings;
import org.recallrank.model.recall.RecallData;
import org.recallrank.training.source.Split;
import org.recallrank.training.train.EpochReport;
import org.recallrank.training.train.TrainListener;
import org.recallrank.training.train.Trainer;
import org.recallrank.training.train.TrainingSpec;

/** Training DCN-V2 on the device and on the host, from the same weights on the same rows. */
final class TrainingSpeed {
  private static final String MODEL = "dcnv2";

  private TrainingSpeed() {}

  static String name(String enrich) {
    return "training " + MODEL + (enrich.equals("none") ? "" : " + " + enrich);
  }

  /** Whole epochs, the first of each side left out, as it warms up. */
  static Measured measure(
      GeneratedFolder world, String enrich, Sizes sizes, DeviceAndHost backends) {
    Map<String, String> settings = new HashMap<>();
    settings.put("batch_size", "" + sizes.batch());
    settings.put("epochs", "" + (1 + sizes.epochs()));
    settings.put("early_stop_patience", "1000");
    if (!enrich.equals("none")) {
      settings.putAll(sizes.settings());
    }
    TrainingSpec spec = TrainingSpec.of(MODEL, enrich, new Settings(settings));
    RecallData recall =
        spec.needsRecall() ? world.recall(spec.pools(), new SplittableRandom(42)) : null;
    List<EpochReport> device = train(spec, recall, world, backends.opencl());
    List<EpochReport> host = train(spec, recall, world, backends.simd());
    return new Measured(
        name(enrich) + " batch " + sizes.batch(),
        new Work(device.getFirst().rows(), "rows", Double.NaN, Double.NaN),
        Double.NaN,
        new Duel(seconds(device), seconds(host)),
        String.format(
            Locale.ROOT,
            "AUC %.4f, SIMD %.4f",
            device.getLast().valid().auc(),
            host.getLast().valid().auc()));
  }

  private static List<EpochReport> train(
      TrainingSpec spec, RecallData recall, GeneratedFolder world, Kernels kernels) {
    return new Trainer(spec.build(world.data().schema(), recall), spec.train(), kernels)
        .fit(world.data().split(Split.TRAIN), world.data().split(Split.VALID), TrainListener.none())
        .epochs();
  }

  private static double[] seconds(List<EpochReport> epochs) {
    return epochs.stream().skip(1).mapToDouble(EpochReport::seconds).toArray();
  }
}
