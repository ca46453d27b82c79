package org.recallrank.model.config;

import java.util.Collection;
import java.util.Locale;

/** Finds what a user may have meant by a misspelt name. */
public final class Nearest {
  private Nearest() {}

  /** ", did you mean X?" for the known name of least edit distance, or nothing if none is near. */
  public static String hint(String name, Collection<String> known) {
    String best = null;
    int least = Math.max(2, name.length() / 2);
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance <= least && (best == null || distance < least)) {
        best = candidate;
        least = distance;
      }
    }
    return best == null ? "" : ", did you mean \"" + best + "\"?";
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
