package org.recallrank.training.source;

import java.nio.file.Path;

/** A text file read record by record. */
public interface Records extends AutoCloseable {
  /** Goes to the next record with the right number of values; others go to the log. */
  boolean next(BadRowLog log);

  /** A value of the current record. */
  String get(int column);

  /** The line on which the current record starts, counted from 1. */
  long line();

  /** The file that is read. */
  Path file();

  @Override
  void close();
}
