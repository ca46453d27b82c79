package org.recallrank.training.source.candictr;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A buffered file that knows how far it has been read. Not for several threads. */
final class PickleInput extends InputStream {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int end;
  private long before; // bytes of the file before the buffer

  PickleInput(Path file) throws IOException {
    in = Files.newInputStream(file);
  }

  /** How many bytes have been read. */
  long position() {
    return before + next;
  }

  private boolean refill() throws IOException {
    before += end;
    next = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  @Override
  public int read() throws IOException {
    return next == end && !refill() ? -1 : buffer[next++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (next == end && !refill()) {
      return -1;
    }
    int count = Math.min(length, end - next);
    System.arraycopy(buffer, next, target, offset, count);
    next += count;
    return count;
  }

  /** One byte, where the file must not end. */
  int require() throws IOException {
    int value = read();
    if (value < 0) {
      throw new EOFException();
    }
    return value;
  }

  /** A little-endian number without a sign of up to 8 bytes; negative if it does not fit a long. */
  long requireNumber(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) require() << 8 * i;
    }
    return value;
  }

  /** Passes over bytes that must be there. */
  void pass(long bytes) throws IOException {
    for (long left = bytes; left > 0; ) {
      if (next == end && !refill()) {
        throw new EOFException();
      }
      int count = (int) Math.min(left, end - next);
      next += count;
      left -= count;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
