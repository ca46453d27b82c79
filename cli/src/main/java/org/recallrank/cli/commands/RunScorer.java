package org.recallrank.cli.commands;

import java.nio.file.Path;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.model.schema.Batch;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.serve.Ranker;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.model.serve.Scorer;
import org.recallrank.tensor.Tensor;

/**
 * The model of a run folder, ready to score batches: frozen, as in a service, on the host; as it
 * was trained on an OpenCL device, which wants large batches.
 *
 * <p>Serves one thread at a time.
 */
interface RunScorer extends AutoCloseable {
  /** How rows become numbers. */
  Encoding encoding();

  /** Name of the column that held the clicks. */
  String label();

  /** The probabilities of the rows of a batch, valid until the next call. */
  Tensor score(Batch batch);

  @Override
  void close();

  /** Loads a run folder for what a command computes on. */
  static RunScorer open(Path run, ComputeOptions compute) {
    return compute.onHost()
        ? new OfRanker(compute.ranker(run, compute.threads()))
        : OfDevice.open(run, compute);
  }

  /** On the host. */
  record OfRanker(Ranker ranker) implements RunScorer {
    @Override
    public Encoding encoding() {
      return ranker.encoding();
    }

    @Override
    public String label() {
      return ranker.label();
    }

    @Override
    public Tensor score(Batch batch) {
      return Tensor.wrap(ranker.score(batch), batch.size());
    }

    @Override
    public void close() {
      ranker.close();
    }
  }

  /** On a device. */
  record OfDevice(SavedModel saved, Scorer scorer, ComputeOptions.Compute on) implements RunScorer {
    static OfDevice open(Path run, ComputeOptions compute) {
      SavedModel saved = SavedModel.load(run);
      ComputeOptions.Compute on = compute.open();
      return new OfDevice(saved, new Scorer(saved.model(), on.kernels()), on);
    }

    @Override
    public Encoding encoding() {
      return saved.encoding();
    }

    @Override
    public String label() {
      return saved.label();
    }

    @Override
    public Tensor score(Batch batch) {
      return scorer.predict(batch);
    }

    @Override
    public void close() {
      on.close();
    }
  }
}
