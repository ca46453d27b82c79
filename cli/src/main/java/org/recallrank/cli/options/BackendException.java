package org.recallrank.cli.options;

/** A backend that was asked for and does not work here. */
public final class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BackendException(String message) {
    super(message);
  }
}
