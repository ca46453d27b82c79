package org.recallrank.model.enrich;

/**
 * The k_r nearest items of a list but for the target item, out of the {@link #wide} nearest. Where
 * that leaves one too few, the target is the last of them.
 *
 * <p>Immutable: threads may share it.
 */
final class WithoutTarget {
  private final int kr;
  private final int wide;

  /**
   * @param kr k_r
   * @param length items of a list, at least k_r
   */
  WithoutTarget(int kr, int length) {
    this.kr = kr;
    wide = Math.min(kr + 1, length);
  }

  /** How many of the nearest it takes: k_r and one more, if there is one. */
  int wide() {
    return wide;
  }

  /**
   * Picks for a row.
   *
   * @param items in which the list begins at {@code list}
   * @param nearest positions within the list, the nearest first, {@link #wide} for each row
   * @param position receives those that are picked, k_r for each row
   */
  void pick(int[] items, int list, int target, int[] nearest, int row, int[] position) {
    int out = row * kr;
    int end = out + kr;
    for (int i = row * wide; i < (row + 1) * wide && out < end; i++) {
      if (items[list + nearest[i]] == target) {
        position[end - 1] = nearest[i]; // overwritten if there is another one
      } else {
        position[out++] = nearest[i];
      }
    }
  }
}
