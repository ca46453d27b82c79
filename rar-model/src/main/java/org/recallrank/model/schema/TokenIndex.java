package org.recallrank.model.schema;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.recallrank.tensor.CounterRandom;

/**
 * Finds the lines of a text by their content. The text stays where it is, in a mapped file for
 * example; on the heap are where each line begins and a hash table of their numbers, 10 bytes a
 * line. Nothing changes once it is made, so threads may share it.
 *
 * <p>Lines are escaped UTF-8: a backslash stands before {@code n}, {@code r} or a backslash only,
 * and a line feed ends each line. Strings here hold the bytes of a line, one char each.
 */
final class TokenIndex {
  private static final int CHUNK = 1 << 16;

  private final ByteBuffer text;
  private int lines;
  private boolean plain = true;

  /** Where each line begins, and after the last one where it ends. */
  private final int[] begins;

  /**
   * Open addressing, linear probing. 0 is a free slot, else the low bits are the number of a line +
   * 1 and the others a part of its hash, so that few wrong lines are looked at.
   */
  private final int[] table;

  private final int lineMask;

  private TokenIndex(ByteBuffer text, int maxLines) {
    this.text = text;
    begins = new int[maxLines + 1];
    table = new int[(int) Math.min(maxLines + maxLines / 2L + 1, Integer.MAX_VALUE - 8)];
    lineMask = -1 >>> Integer.numberOfLeadingZeros(maxLines);
  }

  /**
   * Indexes all lines of a text of less than 2 GiB; empty ones are not found.
   *
   * @return null if the text is not as above, has more lines, or one of them twice
   */
  static TokenIndex of(ByteBuffer text, int maxLines) {
    TokenIndex index = new TokenIndex(text, maxLines);
    return isUtf8(text) && index.addAll() ? index : null;
  }

  private static boolean isUtf8(ByteBuffer text) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    byte[] bytes = new byte[CHUNK];
    CharBuffer chars = CharBuffer.allocate(CHUNK); // a byte gives one char at most
    for (int at = 0; at < text.limit(); ) {
      int size = copy(text, at, bytes);
      ByteBuffer in = ByteBuffer.wrap(bytes, 0, size);
      CoderResult result = decoder.decode(in, chars.clear(), at + size == text.limit());
      if (result.isError()) {
        return false;
      }
      at += in.position(); // a character that the chunk cuts is read again
    }
    return true;
  }

  /** Copies what follows {@code at}, as much as there is and fits. */
  private static int copy(ByteBuffer text, int at, byte[] bytes) {
    int size = Math.min(bytes.length, text.limit() - at);
    text.get(at, bytes, 0, size);
    return size;
  }

  private boolean addAll() {
    byte[] bytes = new byte[CHUNK];
    boolean escaped = false;
    int hash = 0;
    int end = 0;
    for (int size; end < text.limit(); end += size) {
      size = copy(text, end, bytes);
      for (int i = 0; i < size; i++) {
        byte b = bytes[i];
        if (b == '\r' || (escaped && b != 'n' && b != 'r' && b != '\\')) {
          return false;
        }
        escaped = b == '\\' && !escaped;
        plain &= b >= 0 && b != '\\' && b != '?';
        if (b != '\n') {
          hash = 31 * hash + (b & 0xff); // as String.hashCode
        } else if (add(end + i, hash)) {
          hash = 0;
        } else {
          return false;
        }
      }
    }
    return begins[lines] == end;
  }

  /** Adds the line that ends here. */
  private boolean add(int end, int hash) {
    if (lines == begins.length - 1) {
      return false;
    }
    int begin = begins[lines];
    if (end > begin) {
      int tag = tag(hash);
      int slot = slot(hash);
      for (; table[slot] != 0; slot = next(slot)) {
        if ((table[slot] & ~lineMask) == tag && holds(line(slot), begin, end)) {
          return false;
        }
      }
      table[slot] = tag | (lines + 1);
    }
    begins[++lines] = end + 1;
    return true;
  }

  private boolean holds(int line, int begin, int end) {
    int other = begins[line];
    int length = begins[line + 1] - 1 - other;
    return length == end - begin && text.slice(other, length).equals(text.slice(begin, length));
  }

  int lines() {
    return lines;
  }

  /**
   * Whether a string that is not ASCII, or needs escapes, cannot be here in its escaped UTF-8 form:
   * there are no such lines, and no question mark, which stands for an unpaired surrogate.
   */
  boolean plain() {
    return plain;
  }

  /** The number of the line with this content, or -1. */
  int find(String content) {
    int hash = content.hashCode();
    int tag = tag(hash);
    for (int slot = slot(hash); table[slot] != 0; slot = next(slot)) {
      if ((table[slot] & ~lineMask) == tag && holds(line(slot), content)) {
        return line(slot);
      }
    }
    return -1;
  }

  private boolean holds(int line, String content) {
    int begin = begins[line];
    if (begins[line + 1] - 1 - begin != content.length()) {
      return false;
    }
    for (int i = 0; i < content.length(); i++) {
      if ((text.get(begin + i) & 0xff) != content.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int tag(int hash) {
    return (int) CounterRandom.bitsAt(hash, 0) & ~lineMask;
  }

  private int slot(int hash) {
    return (int) ((CounterRandom.bitsAt(hash, 0) >>> 32) * table.length >>> 32);
  }

  private int next(int slot) {
    return slot + 1 == table.length ? 0 : slot + 1;
  }

  private int line(int slot) {
    return (table[slot] & lineMask) - 1;
  }

  /** The bytes of a line. */
  byte[] bytes(int line) {
    byte[] bytes = new byte[begins[line + 1] - 1 - begins[line]];
    copy(text, begins[line], bytes);
    return bytes;
  }

  /** Writes the whole text. */
  void writeTo(OutputStream out) throws IOException {
    byte[] bytes = new byte[CHUNK];
    for (int at = 0, size; at < text.limit(); at += size) {
      size = copy(text, at, bytes);
      out.write(bytes, 0, size);
    }
  }
}
