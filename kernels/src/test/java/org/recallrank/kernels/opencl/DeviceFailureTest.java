package org.recallrank.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jocl.CL;
import org.jocl.cl_event;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.recallrank.kernels.Affine;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.CoInteractionKernel.Entities;
import org.recallrank.kernels.CoInteractionKernel.Outputs;
import org.recallrank.kernels.DenseStackKernel;
import org.recallrank.kernels.DenseStackKernel.Gradient;
import org.recallrank.kernels.DenseStackKernel.Layer;
import org.recallrank.kernels.DenseStackKernel.Norm;
import org.recallrank.kernels.HammingKernel;
import org.recallrank.kernels.Ids;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.MatMulKernel.Activation;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.Vec;
import org.recallrank.kernels.Workers;

/** A device that fails in the midst of work: once, or for good. */
class DeviceFailureTest {
  @BeforeEach
  void needsADevice() {
    assumeTrue(OpenClOnTrial.hasDevice(), "no OpenCL device");
  }

  /** A context whose driver answers with an error from some command on. */
  private static final class Failing extends ClContext {
    private final int code;
    private int commandsLeft = Integer.MAX_VALUE;

    Failing(int code) {
      super(ClDevice.choose(ClDevice.list(), null));
      this.code = code;
    }

    private boolean failed() {
      return commandsLeft <= 0;
    }

    @Override
    void command(String what, long bytes, ToIntFunction<cl_event> enqueue) {
      super.command(what, bytes, failed() ? event -> code : enqueue);
      commandsLeft--;
    }

    /** Releases, but says that it failed. */
    @Override
    ClHandle own(String what, IntSupplier release) {
      return super.own(
          what,
          () -> {
            int answer = release.getAsInt();
            return failed() ? code : answer;
          });
    }

    @Override
    int finish() {
      int answer = super.finish();
      return failed() ? code : answer;
    }
  }

  /** A bit of everything; returns all that it computed. */
  private static float[] work(Kernels kernels) {
    Random random = new Random(7);
    int n = 33;
    float[] x = new float[n * n];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    float[] product = new float[n * n];
    Matrix square = Matrix.of(x, n, n);
    kernels.matMul().gemm(square, square.t(), Matrix.of(product, n, n));

    float[] dw = new float[n * n];
    float[] db = new float[n];
    float[] dx = new float[n * n];
    Vec row = new Vec(x, 0, n);
    Affine affine = new Affine(row, row);
    Norm norm = new Norm(affine, Vec.of(new float[n]), Vec.of(new float[n]), true, 1e-5f);
    Layer layer = new Layer(square, row, norm, Activation.RELU, 0.3f, 5);
    Affine dAffine = new Affine(Vec.of(new float[n]), Vec.of(new float[n]));
    Gradient gradient = new Gradient(Matrix.of(dw, n, n), false, Vec.of(db), false, dAffine);
    float[] y = new float[n * n];
    try (DenseStackKernel.Pass pass =
        kernels.denseStack().forward(List.of(layer), square, Matrix.of(y, n, n), true)) {
      pass.backward(square, List.of(gradient), Matrix.of(dx, n, n), false);
    }

    BitMatrix signatures = BitMatrix.of(random.longs(200).toArray(), 1);
    int[] nearest = new int[5];
    kernels
        .hamming()
        .topK(signatures.rows(0, 1), signatures, 5, new HammingKernel.TopK(nearest, new int[5]));
    int[] some = {3, 1, 4, 15, 92, 65, 35};
    int[] positions = new int[2];
    kernels
        .hamming()
        .topKOfLists(
            signatures,
            new Ids(new int[1], 0, 1),
            signatures,
            new HammingKernel.Lists(some, 7, Ids.of(new int[1])),
            2,
            positions);

    float[] enriched = new float[2 * n];
    Entities three = new Entities(square, square, Ids.of(new int[] {0, 1, 2}), 3);
    Matrix means = Matrix.of(new float[6], 2, 3);
    kernels
        .coInteraction()
        .forward(
            three,
            three,
            new Outputs(null, means.rows(0, 1), means.rows(1, 1), Matrix.of(enriched, 1, 2 * n)));

    float[] all = new float[4 * n * n + n + 5 + 2 + 2 * n];
    int at = 0;
    for (float[] part : new float[][] {product, y, dw, dx, db, enriched}) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    for (int[] part : new int[][] {nearest, positions}) {
      for (int value : part) {
        all[at++] = value;
      }
    }
    return all;
  }

  @Test
  void afterEachFailureTheWorkCanBeDoneAgainAndNothingIsLeft() {
    Failing context = new Failing(CL.CL_OUT_OF_RESOURCES);
    try (Workers workers = Workers.create(1)) {
      Kernels kernels = OpenClOnTrial.create(workers, context);
      workers.onClose(context::close);
      float[] expected = work(kernels);
      int handles = context.liveHandles();
      int failures = 0;
      boolean done = false;
      while (!done) {
        context.commandsLeft = failures;
        try {
          work(kernels);
          done = true;
        } catch (ClException e) {
          failures++;
          assertThat(e)
              .hasMessageContaining("CL_OUT_OF_RESOURCES")
              .hasMessageContaining("the device is out of memory or was lost");
        }
        context.commandsLeft = Integer.MAX_VALUE;
        assertThat(work(kernels)).isEqualTo(expected);
        assertThat(context.liveHandles()).as("after %d commands", failures).isEqualTo(handles);
      }
      assertThat(failures).isGreaterThan(30);
    }
    assertThat(context.liveHandles()).isZero();
  }

  @Test
  void aLostDeviceIsNamedAndItsHandlesAreGivenBackAllTheSame() {
    Failing context = new Failing(CL.CL_DEVICE_NOT_AVAILABLE);
    Workers workers = Workers.create(1);
    Kernels kernels = OpenClOnTrial.create(workers, context);
    workers.onClose(context::close);
    kernels.device().startProfile();
    work(kernels);
    context.commandsLeft = 20;
    assertThatThrownBy(() -> work(kernels))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CL_DEVICE_NOT_AVAILABLE")
        .hasMessageContaining("the device was lost: start again, or choose another device");
    assertThat(context.liveHandles()).isGreaterThan(10);
    assertThatThrownBy(workers::close)
        .isInstanceOf(ClException.class)
        .hasMessageContaining("ending the queue")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSizeGreaterThan(10));
    assertThat(context.liveHandles()).isZero();
  }
}
