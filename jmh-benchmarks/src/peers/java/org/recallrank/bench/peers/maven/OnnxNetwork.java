package org.recallrank.bench.peers.maven;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;

/** A network in onnxruntime, for requests of one size, as a service would call it. */
public final class OnnxNetwork implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final LongBuffer rows;
  private final long[] shape;
  private final float[] probabilities;

  /**
   * @param onnx the content of an ONNX file with inputs as {@link OnnxDcnV2} writes them
   * @param size rows of a request
   * @param threads how many may compute
   */
  public OnnxNetwork(byte[] onnx, int fields, int size, int threads) {
    rows =
        ByteBuffer.allocateDirect(size * fields * Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .asLongBuffer();
    shape = new long[] {size, fields};
    probabilities = new float[size];
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(threads);
      session = environment.createSession(onnx, options);
    } catch (OrtException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Scores one request.
   *
   * @param ids table rows [fields, size]
   * @return the probabilities, valid until the next call
   */
  public float[] score(int[][] ids) {
    for (int r = 0, at = 0; r < probabilities.length; r++) {
      for (int[] column : ids) {
        rows.put(at++, column[r]);
      }
    }
    try (OnnxTensor x = OnnxTensor.createTensor(environment, rows, shape);
        OrtSession.Result result = session.run(Map.of(OnnxDcnV2.INPUT, x))) {
      FloatBuffer answer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      answer.get(probabilities);
      return probabilities;
    } catch (OrtException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
