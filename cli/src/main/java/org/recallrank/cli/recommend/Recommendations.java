package org.recallrank.cli.recommend;

import java.util.List;

/** The best items for a user, the best first. */
public record Recommendations(String user, List<Item> items) {

  /** Keeps a copy of the list. */
  public Recommendations {
    items = List.copyOf(items);
  }

  /** One of them. */
  public record Item(String id, float probability) {}
}
