package org.recallrank.autograd;

import java.util.Arrays;
import org.recallrank.kernels.Ids;

/**
 * Numbers the distinct ids of a step 0, 1, 2, .. in the order of their first occurrence, so that
 * work is done once per distinct id. Clearing costs what was used, not what there is. Serves one
 * thread at a time.
 */
public final class SlotMap {
  private final int[] slotOf;
  private int[] ids = new int[64];
  private int count;

  /** For ids 0 .. size - 1. */
  public SlotMap(int size) {
    slotOf = new int[size];
    Arrays.fill(slotOf, -1);
  }

  /** How many ids there may be: 0 .. size - 1. */
  public int size() {
    return slotOf.length;
  }

  /** The slot of an id, a new one if it has none yet. */
  public int slot(int id) {
    int slot = slotOf[id];
    if (slot < 0) {
      slot = count++;
      slotOf[id] = slot;
      if (slot == ids.length) {
        ids = Arrays.copyOf(ids, 2 * slot);
      }
      ids[slot] = id;
    }
    return slot;
  }

  /** slots[p] = slot of id p, for all of them. */
  public void slots(Ids ids, int[] slots) {
    for (int p = 0; p < ids.size(); p++) {
      slots[p] = slot(ids.get(p));
    }
  }

  /** How many distinct ids there are. */
  public int count() {
    return count;
  }

  /** The id of each slot, [count]. Shared; valid until the next new slot. */
  public int[] ids() {
    return ids;
  }

  /** {@link #ids} as a view. */
  public Ids distinct() {
    return Ids.of(ids, count);
  }

  /** For each id its slot, or -1. Shared. */
  public int[] slotOf() {
    return slotOf;
  }

  /** Forgets all slots. */
  public void clear() {
    for (int s = 0; s < count; s++) {
      slotOf[ids[s]] = -1;
    }
    count = 0;
  }
}
