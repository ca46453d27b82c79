package org.recallrank.training.source;

import java.util.Locale;

/** The parts of a data set. */
public enum Split {
  /** Fits weights, vocabularies, entities and recall pools. */
  TRAIN,
  /** Decides when to stop. */
  VALID,
  /** Is looked at once, at the end. */
  TEST;

  /** The name in messages and file names. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
