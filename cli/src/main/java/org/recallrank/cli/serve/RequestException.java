package org.recallrank.cli.serve;

import java.util.Map;

/** A request that is refused; the message is for the client. */
final class RequestException extends RuntimeException {
  private static final int MOST_CHARACTERS = 500; // a message may quote a whole body

  private final int status;
  private final transient Map<String, String> headers;

  RequestException(int status, String message) {
    this(status, message, Map.of());
  }

  RequestException(int status, String message, Map<String, String> headers) {
    super(
        message.length() <= MOST_CHARACTERS
            ? message
            : message.substring(0, MOST_CHARACTERS) + "..");
    this.status = status;
    this.headers = headers;
  }

  /** Answer to a request that says something wrong. */
  static RequestException badRequest(String message) {
    return new RequestException(400, message);
  }

  Reply reply() {
    return Reply.error(status, getMessage()).with(headers);
  }
}
