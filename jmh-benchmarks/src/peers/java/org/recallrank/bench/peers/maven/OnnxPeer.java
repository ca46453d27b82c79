package org.recallrank.bench.peers.maven;

import ai.onnxruntime.OrtEnvironment;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.bench.peers.Contender;
import org.recallrank.bench.peers.Peer;
import org.recallrank.model.schema.Batch;

/** onnxruntime on the processor, with the same DCN-V2 as ours. */
public final class OnnxPeer implements Peer {
  private final String name = "onnxruntime " + OrtEnvironment.getEnvironment().getVersion();

  @Override
  public String name() {
    return name;
  }

  @Override
  public String missing() {
    return null;
  }

  @Override
  public boolean knows(KernelCase operation) {
    return operation instanceof ScoringCase scoring && scoring.title().equals("dcnv2");
  }

  @Override
  public Contender enter(KernelCase operation, int threads) {
    ScoringCase scoring = (ScoringCase) operation;
    Batch request = scoring.request();
    byte[] onnx = OnnxDcnV2.of(request.schema().fields(), scoring.model().parameters());
    int[][] ids = request.rows().ids();
    OnnxNetwork network = new OnnxNetwork(onnx, ids.length, request.size(), threads);
    return new Contender() {
      private float[] probabilities;

      @Override
      public void run() {
        probabilities = network.score(ids);
      }

      @Override
      public void collect() {
        scoring.answer(probabilities);
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }
}
