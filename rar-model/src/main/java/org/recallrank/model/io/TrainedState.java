package org.recallrank.model.io;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.recallrank.autograd.nn.ParameterSet;

/**
 * The weights of a saved model for a {@linkplain ParameterSet#frozen frozen} one: each is copied
 * when its layer is built. What does not fit is an error that names tensor, shape and file.
 *
 * <p>Serves one thread at a time.
 */
public final class TrainedState implements ParameterSet.Trained {
  private final MappedTensors stored;
  private final Set<String> known = new HashSet<>();
  private long parameters;

  /** The weights in a file. */
  public TrainedState(MappedTensors stored) {
    this.stored = stored;
  }

  @Override
  public float[] values(String name, int... dims) {
    String expected = StoredTensor.DType.F32 + Arrays.toString(dims);
    if (!expected.equals(stored.type(name))) {
      throw misfit(name, expected);
    }
    known.add(name);
    float[] values = stored.tensor(name).floats();
    parameters += values.length;
    return values;
  }

  @Override
  public void counter(String name) {
    known.add(name);
  }

  @Override
  public void alias(String name, String target) {
    String expected = stored.type(target);
    if (!expected.equals(stored.type(name))) {
      throw misfit(name, expected);
    }
    if (!Arrays.equals(stored.tensor(name).floats(), stored.tensor(target).floats())) {
      throw new DataException(
          "%s: does not fit the model: %s: expected the values of %s, found others"
              .formatted(stored.file(), name, target));
    }
    known.add(name);
  }

  /**
   * Ends the reading.
   *
   * @return how many numbers were read
   * @throws DataException if the file holds a tensor that the model has no place for
   */
  public long finish() {
    for (String name : stored.names()) {
      if (!known.contains(name) && !stored.isMask(name)) {
        throw misfit(name, "none");
      }
    }
    return parameters;
  }

  private DataException misfit(String name, String expected) {
    return stored.misfit("model", name, expected);
  }
}
