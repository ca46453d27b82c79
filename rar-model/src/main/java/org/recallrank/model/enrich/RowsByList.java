package org.recallrank.model.enrich;

import java.util.Arrays;
import org.recallrank.autograd.SlotMap;
import org.recallrank.autograd.Tape;
import org.recallrank.autograd.ops.cim.CimLists;
import org.recallrank.kernels.Ids;
import org.recallrank.model.recall.RecallPools;
import org.recallrank.model.schema.Batch;

/**
 * The rows of a batch with one list of recall items, that of a user or a session, next to each
 * other, and the distinct items of the lists. All of it is valid for the step of its tape.
 *
 * @param lists in the order in which they turn up, of items by number, and the rows as in {@code
 *     order}; rows of a list stay as they were
 * @param order the batch's row at each place
 * @param placeOfRow the place of each row of the batch
 * @param items table rows of the distinct items
 */
record RowsByList(CimLists lists, Ids order, Ids placeOfRow, Ids items) {

  /**
   * Arranges a batch.
   *
   * @param length how many of a pool's items are used
   */
  static RowsByList of(Tape tape, Batch batch, RecallPools pools, int itemCount, int length) {
    int rows = batch.size();
    SlotMap lists = tape.slotMap(pools.lists());
    int[] listOfRow = tape.allocateInts(rows);
    pools.lists(batch, tape.training(), listOfRow);
    lists.slots(Ids.of(listOfRow, rows), listOfRow);
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
    int[] order = tape.allocateInts(rows);
    int[] placeOfRow = tape.allocateInts(rows);
    int[] listOfPlace = tape.allocateInts(rows);
    for (int row = 0; row < rows; row++) {
      int place = next[listOfRow[row]]++;
      order[place] = row;
      placeOfRow[row] = place;
      listOfPlace[place] = listOfRow[row];
    }
    SlotMap items = tape.slotMap(itemCount);
    int[] members = tape.allocateInts(Math.multiplyExact(count, length));
    for (int list = 0; list < count; list++) {
      int begin = lists.ids()[list] * pools.itemsPerUser();
      for (int j = 0; j < length; j++) {
        members[list * length + j] = items.slot(pools.items()[begin + j]);
      }
    }
    return new RowsByList(
        new CimLists(count, length, members, firstRow, listOfPlace),
        Ids.of(order, rows),
        Ids.of(placeOfRow, rows),
        items.distinct());
  }
}
