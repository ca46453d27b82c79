package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.ops.cim.CimLists;
import org.recallrank.model.recall.RecallData;
import org.recallrank.model.schema.Batch;

/**
 * Puts the rows with one list of recall items, that of a user or a session, next to each other, and
 * numbers the distinct items of the lists of a batch. Arrays are valid until the next batch.
 */
final class RowsByList {
  private final RecallData recall;
  private final int length;
  private final SlotMap lists;
  private final SlotMap items;
  private int[] order;
  private int[] placeOfRow;

  /**
   * @param length how many of a pool's items are used
   */
  RowsByList(RecallData recall, int length) {
    this.recall = recall;
    this.length = length;
    lists = new SlotMap(recall.pools().lists());
    items = new SlotMap(recall.items().size());
  }

  /**
   * Arranges a batch: lists in the order in which they turn up, rows of a list as they were.
   *
   * @return the lists of recall items by number, rows as in {@link #order}
   */
  CimLists arrange(Tape tape, Batch batch) {
    int rows = batch.size();
    lists.clear();
    int[] listOfRow = tape.allocateInts(rows);
    recall.pools().lists(batch, tape.training(), listOfRow);
    lists.slots(listOfRow, rows, listOfRow);
    int count = lists.count();
    int[] firstRow = tape.allocateInts(count + 1);
    Arrays.fill(firstRow, 0, count + 1, 0);
    for (int row = 0; row < rows; row++) {
      firstRow[listOfRow[row] + 1]++;
    }
    for (int list = 0; list < count; list++) {
      firstRow[list + 1] += firstRow[list];
    }
    int[] next = tape.allocateInts(count);
    System.arraycopy(firstRow, 0, next, 0, count);
    order = tape.allocateInts(rows);
    placeOfRow = tape.allocateInts(rows);
    int[] listOfPlace = tape.allocateInts(rows);
    for (int row = 0; row < rows; row++) {
      int place = next[listOfRow[row]]++;
      order[place] = row;
      placeOfRow[row] = place;
      listOfPlace[place] = listOfRow[row];
    }
    return new CimLists(count, length, members(tape, count), firstRow, listOfPlace);
  }

  private int[] members(Tape tape, int count) {
    items.clear();
    int r = recall.pools().itemsPerUser();
    int[] members = tape.allocateInts(Math.multiplyExact(count, length));
    for (int list = 0; list < count; list++) {
      int begin = lists.ids()[list] * r;
      for (int j = 0; j < length; j++) {
        members[list * length + j] = items.slot(recall.pools().items()[begin + j]);
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
