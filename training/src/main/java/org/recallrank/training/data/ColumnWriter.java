package org.recallrank.training.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends little-endian values to a new file. */
final class ColumnWriter implements AutoCloseable {
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 15).order(ByteOrder.LITTLE_ENDIAN);

  ColumnWriter(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void append(int[] values, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (!buffer.hasRemaining()) {
        drain();
      }
      buffer.putInt(values[i]);
    }
  }

  void append(float[] values, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (!buffer.hasRemaining()) {
        drain();
      }
      buffer.putFloat(values[i]);
    }
  }

  private void drain() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Makes the file last. */
  void finish() throws IOException {
    drain();
    channel.force(true);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
