package org.recallrank.training.data;

import org.recallrank.tensor.CounterRandom;

/**
 * The order in which an epoch visits the rows: every row once, the same for the same seed and epoch
 * on every machine.
 *
 * <p>Up to 2^22 rows every order is equally likely (Fisher-Yates). Beyond, blocks of 256 rows are
 * permuted, and rows within windows of 2^22 rows; so memory stays bounded and what is read together
 * lies together. Random numbers are those of {@link CounterRandom}.
 *
 * <p>Serves one thread at a time.
 */
public final class Shuffle {
  private static final int WINDOW = 1 << 22;
  private static final int BLOCK = 256;

  private final long rows;
  private final long seed;
  private final int windowSize;
  private final int blockSize;
  private final int[] blocks;
  private final long[] window;

  private long epochSeed;
  private int nextBlock;
  private int windowsDrawn;
  private int windowRows;
  private int windowRead;

  /** At the start of epoch 0. */
  public Shuffle(long rows, long seed) {
    this(rows, seed, WINDOW, BLOCK);
  }

  /** With other sizes, so that a test need not have millions of rows. */
  Shuffle(long rows, long seed, int windowSize, int blockSize) {
    this.rows = rows;
    this.seed = seed;
    this.windowSize = windowSize;
    this.blockSize = blockSize;
    boolean single = rows <= windowSize;
    blocks = new int[single ? 0 : Math.toIntExact((rows + blockSize - 1) / blockSize)];
    window = new long[single ? (int) rows : windowSize + blockSize];
    start(0);
  }

  /** Begins an epoch. */
  public void start(long epoch) {
    epochSeed = CounterRandom.split(seed, epoch);
    CounterRandom random = new CounterRandom(CounterRandom.split(epochSeed, -1));
    for (int b = 0; b < blocks.length; b++) {
      int other = (int) random.below(b + 1);
      blocks[b] = blocks[other];
      blocks[other] = b;
    }
    nextBlock = 0;
    windowsDrawn = 0;
    windowRows = 0;
    windowRead = 0;
  }

  /**
   * Writes the numbers of the next rows.
   *
   * @return how many: {@code count}, or fewer at the end of the epoch
   */
  public int next(long[] rowNumbers, int count) {
    int written = 0;
    while (written < count) {
      if (windowRead == windowRows && !drawWindow()) {
        break;
      }
      int some = Math.min(count - written, windowRows - windowRead);
      System.arraycopy(window, windowRead, rowNumbers, written, some);
      windowRead += some;
      written += some;
    }
    return written;
  }

  private boolean drawWindow() {
    windowRead = 0;
    windowRows = 0;
    if (blocks.length == 0) {
      if (windowsDrawn > 0) {
        return false;
      }
      addRows(0, rows);
    }
    while (nextBlock < blocks.length && windowRows < windowSize) {
      long begin = (long) blocks[nextBlock++] * blockSize;
      addRows(begin, Math.min(begin + blockSize, rows));
    }
    CounterRandom random = new CounterRandom(CounterRandom.split(epochSeed, windowsDrawn++));
    for (int i = windowRows - 1; i > 0; i--) {
      int other = (int) random.below(i + 1);
      long row = window[i];
      window[i] = window[other];
      window[other] = row;
    }
    return windowRows > 0;
  }

  private void addRows(long begin, long end) {
    for (long row = begin; row < end; row++) {
      window[windowRows++] = row;
    }
  }
}
