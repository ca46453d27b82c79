package org.recallrank.cli.commands;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.recallrank.model.serve.SavedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recallrank export}: the weights of a run for PyTorch. */
@Command(
    name = "export",
    description = {
      "Writes the weights of a run as one safetensors file under FuxiCTR's names, those of an"
          + " enricher included.",
      "In Python: model.load_state_dict(safetensors.torch.load_file(FILE))"
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ExportCommand implements Callable<Integer> {
  @Option(names = "--run", required = true, description = "the run folder")
  private Path run;

  @Option(names = "--out", required = true, description = "the file to write")
  private Path out;

  @Override
  public Integer call() {
    SavedModel saved = SavedModel.load(run);
    saved.export(out);
    System.out.print(Weights.of(saved.model().parameters()).table());
    System.out.printf("written to %s%n", out);
    return 0;
  }
}
