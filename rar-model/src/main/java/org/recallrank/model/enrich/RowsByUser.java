package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.ops.RowLists;
import org.recallrank.model.data.Batch;
import org.recallrank.model.recall.RecallData;

/**
 * Puts the rows of one user next to each other, and numbers the distinct recall items of the users
 * of a batch. Arrays are valid until the next batch.
 */
final class RowsByUser {
  private final RecallData recall;
  private final int length;
  private final SlotMap users;
  private final SlotMap items;
  private int[] order;
  private int[] placeOfRow;

  /**
   * @param length how many of a pool's items are used
   */
  RowsByUser(RecallData recall, int length) {
    this.recall = recall;
    this.length = length;
    users = new SlotMap(recall.users().size());
    items = new SlotMap(recall.items().size());
  }

  /**
   * Arranges a batch: users in the order in which they turn up, rows of a user as they were.
   *
   * @return the lists of recall items by number, rows as in {@link #order}
   */
  RowLists arrange(Tape tape, Batch batch) {
    int rows = batch.size();
    users.clear();
    int[] userOfRow = tape.allocateInts(rows);
    users.slots(batch.users(), rows, userOfRow);
    int count = users.count();
    int[] firstRow = tape.allocateInts(count + 1);
    Arrays.fill(firstRow, 0, count + 1, 0);
    for (int row = 0; row < rows; row++) {
      firstRow[userOfRow[row] + 1]++;
    }
    for (int u = 0; u < count; u++) {
      firstRow[u + 1] += firstRow[u];
    }
    int[] next = tape.allocateInts(count);
    System.arraycopy(firstRow, 0, next, 0, count);
    order = tape.allocateInts(rows);
    placeOfRow = tape.allocateInts(rows);
    int[] listOfPlace = tape.allocateInts(rows);
    for (int row = 0; row < rows; row++) {
      int place = next[userOfRow[row]]++;
      order[place] = row;
      placeOfRow[row] = place;
      listOfPlace[place] = userOfRow[row];
    }
    return new RowLists(count, length, members(tape, count), firstRow, listOfPlace);
  }

  private int[] members(Tape tape, int count) {
    items.clear();
    int r = recall.pools().itemsPerUser();
    int[] members = tape.allocateInts(Math.multiplyExact(count, length));
    for (int u = 0; u < count; u++) {
      int begin = users.ids()[u] * r;
      for (int j = 0; j < length; j++) {
        members[u * length + j] = items.slot(recall.pools().items()[begin + j]);
      }
    }
    return members;
  }

  /** The batch's row at each place. */
  int[] order() {
    return order;
  }

  /** The place of each row of the batch. */
  int[] placeOfRow() {
    return placeOfRow;
  }

  /** Table rows of the distinct items. */
  int[] items() {
    return items.ids();
  }

  int itemCount() {
    return items.count();
  }
}
