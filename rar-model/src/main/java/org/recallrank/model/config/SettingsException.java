package org.recallrank.model.config;

/** A setting that is unknown, malformed or out of range. The message is for the user. */
public final class SettingsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** With a message that names the setting, what was expected and what was found. */
  public SettingsException(String message) {
    super(message);
  }
}
