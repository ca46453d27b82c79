package org.recallrank.model.recall;

/**
 * A set of items for each owner. All of them lie in one array, each as a hash table with open
 * addressing of its own, so that a look at it costs one or two cache lines and all together take
 * some 8 bytes for each item of each owner.
 */
final class ItemSets {
  private final int[] start; // [owners + 1], the first slot of each
  private final int[] slots; // 1 + item, 0 for none

  /**
   * @param count owners are 0 .. count - 1
   * @param owners and {@code items}: the pairs, each as often as it likes
   */
  ItemSets(int count, int[] owners, int[] items) {
    int[] sizes = new int[count];
    for (int owner : owners) {
      sizes[owner]++;
    }
    start = new int[count + 1];
    for (int o = 0; o < count; o++) {
      start[o + 1] = Math.addExact(start[o], capacity(sizes[o]));
    }
    slots = new int[start[count]];
    for (int i = 0; i < owners.length; i++) {
      int first = start[owners[i]];
      slots[slot(first, start[owners[i] + 1] - first, items[i])] = items[i] + 1;
    }
  }

  /** A power of two that leaves a third of the slots empty at least; none for no items. */
  private static int capacity(int size) {
    return 2 * Integer.highestOneBit(Math.addExact(size, size / 2));
  }

  /** Where the item is, or belongs, in a table of that many slots. */
  private int slot(int first, int count, int item) {
    int mask = count - 1;
    int slot = item * 0x9E3779B9 >>> Integer.numberOfLeadingZeros(mask); // Fibonacci hashing
    while (slots[first + slot] != item + 1 && slots[first + slot] != 0) {
      slot = slot + 1 & mask;
    }
    return first + slot;
  }

  /**
   * out[i] = 1 for each of the items that the owner has; the others stay as they are.
   *
   * @param owner any number from 0
   * @param items {@code count} items from {@code offset}
   */
  void mark(int owner, int[] items, int offset, int count, float[] out, int outOffset) {
    if (owner >= start.length - 1) {
      return;
    }
    int first = start[owner];
    int capacity = start[owner + 1] - first;
    for (int i = 0; capacity > 0 && i < count; i++) {
      if (slots[slot(first, capacity, items[offset + i])] != 0) {
        out[outOffset + i] = 1;
      }
    }
  }
}
