package org.recallrank.training.source;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.recallrank.model.io.DataException;

/** Shares of training, validation and test rows, in any unit: 7:2:1 is 0.7:0.2:0.1. */
public record SplitRatios(double train, double valid, double test) {
  /** Keeps a product such as 0.7 * 10, which is just below 7 in binary, from losing a row. */
  private static final double SLACK = 1e-9;

  /**
   * Checks the shares.
   *
   * @throws DataException unless that of training is positive, and none negative or infinite
   */
  public SplitRatios {
    if (!(train > 0 && valid >= 0 && test >= 0 && Double.isFinite(train + valid + test))) {
      throw new DataException(
          "split ratios: expected a positive share for training and none negative, found "
              + train
              + ":"
              + valid
              + ":"
              + test);
    }
  }

  /**
   * Reads {@code 8:1:1}.
   *
   * @throws DataException if it is anything but three numbers, or the first is not positive
   */
  public static SplitRatios parse(String text) {
    double[] shares;
    try {
      shares = Arrays.stream(text.split(":", -1)).mapToDouble(Double::parseDouble).toArray();
    } catch (NumberFormatException e) {
      shares = new double[0];
    }
    if (shares.length != 3) {
      throw new DataException("split ratios: expected three numbers as in 8:1:1, found " + text);
    }
    return new SplitRatios(shares[0], shares[1], shares[2]);
  }

  /**
   * Rows per split, in the order of {@link Split}: rounded down, the last split with a share gets
   * the rest.
   */
  public long[] counts(long rows) {
    double sum = train + valid + test;
    long inTrain = (long) Math.floor(rows * (train / sum) + SLACK);
    long inValid = (long) Math.floor(rows * (valid / sum) + SLACK);
    if (test == 0) {
      inTrain = valid == 0 ? rows : inTrain;
      inValid = rows - inTrain;
    }
    return new long[] {inTrain, inValid, rows - inTrain - inValid};
  }

  /** The splits that have a share. */
  public Set<Split> splits() {
    EnumSet<Split> splits = EnumSet.of(Split.TRAIN);
    if (valid > 0) {
      splits.add(Split.VALID);
    }
    if (test > 0) {
      splits.add(Split.TEST);
    }
    return splits;
  }
}
