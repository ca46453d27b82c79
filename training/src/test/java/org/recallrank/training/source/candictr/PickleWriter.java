package org.recallrank.training.source.candictr;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes lists, arrays (as tuples), whole numbers, floats and strings as CPython's pickle does:
 * batches of 1000, every list remembered, a second reference to it by its key.
 */
final class PickleWriter {
  private static final int BATCH = 1000;

  private final int protocol;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<Object, Integer> memo = new IdentityHashMap<>();

  private PickleWriter(int protocol) {
    this.protocol = protocol;
  }

  /** The pickle of a value; protocols from 4 on without frames, which are optional. */
  static byte[] bytes(int protocol, Object value) {
    PickleWriter writer = new PickleWriter(protocol);
    writer.out.write(0x80);
    writer.out.write(protocol);
    writer.write(value);
    writer.out.write('.');
    return writer.out.toByteArray();
  }

  private void write(Object value) {
    switch (value) {
      case Integer number -> number(number);
      case Long number -> { // LONG1, as Python 2 writes its long numbers
        out.write(0x8a);
        out.write(8);
        out.writeBytes(
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
      }
      case Double number -> {
        out.write('G');
        out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
      }
      case String text -> {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        little(utf8.length, 4);
        out.writeBytes(utf8);
        remember(value);
      }
      case Object[] tuple -> {
        out.write('(');
        for (Object element : tuple) {
          write(element);
        }
        out.write('t');
        remember(value);
      }
      case List<?> list -> list(list);
      default -> throw new IllegalArgumentException("no way to write " + value);
    }
  }

  private void list(List<?> list) {
    Integer key = memo.get(list);
    if (key != null) {
      out.write(key < 256 ? 'h' : 'j');
      little(key, key < 256 ? 1 : 4);
      return;
    }
    out.write(']');
    remember(list);
    for (int begin = 0; begin < list.size(); begin += BATCH) {
      List<?> batch = list.subList(begin, Math.min(begin + BATCH, list.size()));
      if (batch.size() > 1) {
        out.write('(');
      }
      batch.forEach(this::write);
      out.write(batch.size() > 1 ? 'e' : 'a');
    }
  }

  private void number(int number) {
    if (number >= 0 && number < 256) {
      out.write('K');
      out.write(number);
    } else if (number >= 0 && number < 65536) {
      out.write('M');
      little(number, 2);
    } else {
      out.write('J');
      little(number, 4);
    }
  }

  private void remember(Object value) {
    int key = memo.size();
    memo.put(value, key);
    if (protocol >= 4) {
      out.write(0x94);
    } else {
      out.write(key < 256 ? 'q' : 'r');
      little(key, key < 256 ? 1 : 4);
    }
  }

  private void little(int number, int bytes) {
    byte[] all = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
    out.write(all, 0, bytes);
  }
}
