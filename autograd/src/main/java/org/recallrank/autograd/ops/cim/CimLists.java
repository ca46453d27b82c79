package org.recallrank.autograd.ops.cim;

/**
 * Lists of entities that rows share: rows {@code firstRow[g]} to {@code firstRow[g + 1] - 1} refer
 * to list g, and so stand next to each other. Arrays may be longer than they need be.
 *
 * @param lists how many lists there are
 * @param length entities in each
 * @param members [lists * length] rows of a matrix of distinct entities
 * @param firstRow [lists + 1] from 0 to the number of rows
 * @param listOfRow [rows]
 */
public record CimLists(int lists, int length, int[] members, int[] firstRow, int[] listOfRow) {

  /** How many rows there are. */
  public int rows() {
    return firstRow[lists];
  }

  /** index[p] = the entity of pair p, for the pairs of rows {@code from} to {@code to - 1}. */
  public void pairs(int from, int to, int[] index) {
    for (int row = from; row < to; row++) {
      System.arraycopy(members, listOfRow[row] * length, index, (row - from) * length, length);
    }
  }
}
