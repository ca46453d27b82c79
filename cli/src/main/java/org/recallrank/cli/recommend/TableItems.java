package org.recallrank.cli.recommend;

import org.recallrank.model.serve.Ranker;

/**
 * Items of the run's table.
 *
 * @param rows theirs
 */
record TableItems(Ranker ranker, int[] rows) implements Candidates.Items {
  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public String id(int place) {
    return ranker.itemId(rows[place]);
  }

  @Override
  public void score(Ranker.Session on, UserRequest user, int begin, int end, float[] out) {
    on.score(user.ids(), rows, begin, end, user.context(), out);
  }
}
