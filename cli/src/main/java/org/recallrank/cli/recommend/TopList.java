package org.recallrank.cli.recommend;

/**
 * The largest of many probabilities, in order, and where they were: no more is kept than asked for.
 *
 * <p>Serves one thread at a time.
 */
final class TopList {
  private final int most;
  private final int[] places;
  private final float[] probabilities;
  private int size;

  TopList(int most) {
    this.most = most;
    places = new int[most];
    probabilities = new float[most];
  }

  /** Whether a probability that comes now would be among the largest. */
  boolean takes(float probability) {
    return size < most || probability > probabilities[size - 1];
  }

  /** Puts in what it {@link #takes}; of equal ones, what came first stays before. */
  void add(int place, float probability) {
    int at = size < most ? size++ : size - 1;
    for (; at > 0 && probability > probabilities[at - 1]; at--) {
      places[at] = places[at - 1];
      probabilities[at] = probabilities[at - 1];
    }
    places[at] = place;
    probabilities[at] = probability;
  }

  int size() {
    return size;
  }

  /** Where the one of a rank was, from 0. */
  int place(int rank) {
    return places[rank];
  }

  float probability(int rank) {
    return probabilities[rank];
  }
}
