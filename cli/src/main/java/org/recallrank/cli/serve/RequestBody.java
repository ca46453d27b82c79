package org.recallrank.cli.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a request. */
final class RequestBody {
  /** A client that still sends may not see an answer; beyond this it has to be quick. */
  private static final int MOST_DISCARDED = 8 << 20;

  private RequestBody() {}

  /**
   * All bytes.
   *
   * @throws RequestException if there are more than {@code most}
   */
  static byte[] read(InputStream in, int most) throws IOException {
    byte[] body = in.readNBytes(most);
    int next = body.length < most ? -1 : in.read();
    if (next >= 0) {
      discard(in);
      throw new RequestException(413, "expected a body of at most " + most + " bytes, found more");
    }
    return body;
  }

  /** Reads what a refused client sends, so that it gets to see why. */
  static void discard(InputStream in) throws IOException {
    byte[] some = new byte[1 << 13];
    for (int left = MOST_DISCARDED; left > 0; ) {
      int n = in.read(some);
      if (n < 0) {
        return;
      }
      left -= n;
    }
  }

  /**
   * Bytes as text.
   *
   * @throws RequestException if they are no UTF-8
   */
  static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw RequestException.badRequest("expected a body in UTF-8, found other bytes");
    }
  }
}
