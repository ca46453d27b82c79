package org.recallrank.bench.peers.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.recallrank.model.serve.SavedModel;

/** Writes the DCN-V2 of a run as an ONNX file. */
public final class OnnxExport {
  private OnnxExport() {}

  /** The arguments are the run folder and the file. */
  public static void main(String[] arguments) throws IOException {
    SavedModel saved = SavedModel.load(Path.of(arguments[0]));
    Files.write(
        Path.of(arguments[1]),
        OnnxDcnV2.of(saved.encoding().schema().fields(), saved.model().parameters()));
  }
}
