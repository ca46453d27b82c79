package org.recallrank.bench.peers.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.recallrank.bench.coldstart.ColdStartRequest;

/** onnxruntime's side of {@code cold-start.sh}: an ONNX file is loaded and scores one request. */
public final class OnnxColdStart {
  private OnnxColdStart() {}

  /** The argument is the file. */
  public static void main(String[] arguments) throws IOException {
    byte[] onnx = Files.readAllBytes(Path.of(arguments[0]));
    try (OnnxNetwork network =
        new OnnxNetwork(onnx, ColdStartRequest.FIELDS, ColdStartRequest.CANDIDATES, 1)) {
      ColdStartRequest.print(network.score(ColdStartRequest.ids()));
    }
  }
}
