package org.recallrank.cli.commands;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.cli.options.EntityOptions;
import org.recallrank.cli.options.ModelOptions;
import org.recallrank.model.CtrModel;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.entity.Entities;
import org.recallrank.model.io.DataException;
import org.recallrank.model.io.ModelState;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.training.RunFolder;
import org.recallrank.training.source.fuxictr.FuxiCtrFeatures;
import org.recallrank.training.train.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recallrank import}: a run folder from weights that were trained elsewhere. */
@Command(
    name = "import",
    description = {
      "Makes a run folder from weights trained with FuxiCTR 2.x, or changed after an export.",
      "The model and its settings are given as for train; fields and tokens come from the folder of"
          + " FuxiCTR's data set, or from another run."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ImportCommand implements Callable<Integer> {
  private static final String VOCABULARIES = "feature_vocab.json";

  @Spec private CommandSpec command;

  @Option(names = "--weights", required = true, description = "safetensors file of the state dict")
  private Path weights;

  @Mixin private ModelOptions model;

  @Option(
      names = "--config",
      description = "YAML file with the sections options and settings, as in a run folder")
  private Path config; // replaced by ConfigFile before parsing; named here for the help

  @Option(names = "--features", description = "FuxiCTR's feature_map.json")
  private Path features;

  @Option(
      names = "--vocab",
      description = "FuxiCTR's feature_vocab.json (default: that beside the feature map)")
  private Path vocabularies;

  @Option(
      names = "--fields-of",
      paramLabel = "RUN",
      description = "a run that has the same fields and tokens, in place of --features")
  private Path fieldsOf;

  @Mixin private EntityOptions entities;

  @Option(names = "--label", description = "column with 0 and 1 (default: as in the data set)")
  private String label;

  @Option(names = "--out", required = true, description = "the run folder")
  private Path out;

  @Option(names = "--force", description = "replace a run that is there")
  private boolean force;

  /** What the weights mean. */
  private record Fields(Encoding encoding, String label, Entities tables, RecallData recall) {}

  @Override
  public Integer call() {
    TrainingSpec spec = model.spec();
    RunFolder.checkFree(out, force);
    Fields fields = fields(spec);
    Schema schema = fields.encoding.schema();
    CtrModel built = spec.build(schema, fields.recall);
    ModelState.load(built.parameters(), SafeTensors.read(weights).tensors(), weights.toString());
    String text = ConfigFile.of(ConfigFile.given(command), spec).text("import");
    try (RunFolder folder =
        new RunFolder(
            out,
            new RunFolder.Content(
                text, spec.model(), fields.encoding, fields.tables, fields.recall, fields.label))) {
      folder.create();
      folder.save(built);
    }
    System.out.print(Weights.of(built.parameters()).table());
    remarks(schema);
    System.out.printf("the run is in %s%n", out);
    return 0;
  }

  private Fields fields(TrainingSpec spec) {
    if ((features == null) == (fieldsOf == null)) {
      throw new DataException(
          "expected --features FILE (FuxiCTR's feature_map.json) or --fields-of RUN, found "
              + (features == null ? "neither" : "both"));
    }
    if (fieldsOf != null) {
      return fieldsOfRun(spec);
    }
    if (spec.needsRecall()) {
      throw new SettingsException(
          spec.model().enrich()
              + " needs the pools of a run: give --fields-of RUN in place of --features");
    }
    FuxiCtrFeatures read =
        FuxiCtrFeatures.read(
            features,
            vocabularies == null ? features.resolveSibling(VOCABULARIES) : vocabularies,
            entities.layout(label));
    String column = label == null ? read.label() : label;
    if (column == null) {
      throw new DataException(
          features + ": expected one label, found none or several; name the column with --label");
    }
    return new Fields(read.encoding(), column, Entities.NONE, null);
  }

  private Fields fieldsOfRun(TrainingSpec spec) {
    SavedModel other = SavedModel.load(fieldsOf);
    Schema schema = other.encoding().schema();
    check("--user", entities.user(), schema, schema.user());
    check("--item", entities.item(), schema, schema.item());
    if (spec.needsRecall() && !other.spec().needsRecall()) {
      throw new SettingsException(
          spec.model().enrich() + " needs the pools of a run; " + fieldsOf + " has none");
    }
    return new Fields(
        other.encoding(),
        label == null ? other.label() : label,
        SavedModel.entities(fieldsOf, other.encoding()),
        spec.needsRecall() ? SavedModel.recall(fieldsOf, other.encoding()) : null);
  }

  private void check(String option, String asked, Schema schema, int index) {
    String found = index < 0 ? "none" : schema.fields().get(index).name();
    if (asked != null && !asked.equals(found)) {
      throw new DataException(
          option + ": expected " + found + " as in " + fieldsOf + ", found " + asked);
    }
  }

  /** What the files do not say and the user has to know. */
  private void remarks(Schema schema) {
    if (features == null) {
      return;
    }
    String numbers =
        String.join(
            ", ",
            schema.fields().stream()
                .filter(field -> field.type() == Field.Type.NUMERIC)
                .map(Field::name)
                .toList());
    if (!numbers.isEmpty()) {
      System.out.printf(
          "numbers are taken as they are, so normalise as FuxiCTR did: %s%n", numbers);
    }
    if (schema.user() < 0) {
      System.out.println("no --user, so gAUC is AUC");
    }
  }
}
