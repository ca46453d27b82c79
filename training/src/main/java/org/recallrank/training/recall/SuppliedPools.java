package org.recallrank.training.recall;

import java.util.List;

/**
 * Pools of a recall stage that there is already.
 *
 * @param items recall items of each user
 * @param users look-alikes of each user
 * @param sessions recall items of each session, list s - 1 that of session s; null for none
 * @param remarks what was left out of them, for the user
 */
public record SuppliedPools(Pool items, Pool users, Pool sessions, List<String> remarks) {

  /** Without lists of sessions. */
  public SuppliedPools(Pool items, Pool users, List<String> remarks) {
    this(items, users, null, remarks);
  }
}
