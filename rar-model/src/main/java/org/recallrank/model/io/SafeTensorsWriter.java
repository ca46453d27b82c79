package org.recallrank.model.io;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.recallrank.model.files.AtomicFile;

/** Writes {@link SafeTensors}. */
final class SafeTensorsWriter {
  private static final int ALIGNMENT = 8;

  private final OutputStream out;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  private SafeTensorsWriter(OutputStream out) {
    this.out = out;
  }

  static void write(Path file, SafeTensors content) {
    List<Map.Entry<String, StoredTensor>> ordered = new ArrayList<>(content.tensors().entrySet());
    ordered.sort(Comparator.comparingInt(entry -> -entry.getValue().dtype().bytes()));
    byte[] header = header(ordered, content.metadata());
    AtomicFile.write(
        file,
        out -> {
          SafeTensorsWriter writer = new SafeTensorsWriter(out);
          writer.buffer.putLong(header.length);
          writer.drain();
          out.write(header);
          for (Map.Entry<String, StoredTensor> entry : ordered) {
            writer.put(entry.getValue());
          }
          writer.drain();
        });
  }

  private static byte[] header(
      List<Map.Entry<String, StoredTensor>> ordered, Map<String, String> metadata) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name(SafeTensors.METADATA).beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long offset = 0;
      for (Map.Entry<String, StoredTensor> entry : ordered) {
        StoredTensor tensor = entry.getValue();
        json.name(entry.getKey()).beginObject();
        json.name("dtype").value(tensor.dtype().name());
        json.name("shape").beginArray();
        for (long dimension : tensor.shape()) {
          json.value(dimension);
        }
        json.endArray();
        json.name("data_offsets").beginArray().value(offset);
        offset += tensor.size() * tensor.dtype().bytes();
        json.value(offset).endArray();
        json.endObject();
      }
      json.endObject();
    } catch (IOException e) {
      throw new IllegalStateException("a StringWriter does no I/O", e);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = Arrays.copyOf(bytes, padded);
    Arrays.fill(header, bytes.length, padded, (byte) ' ');
    return header;
  }

  private void put(StoredTensor tensor) throws IOException {
    switch (tensor.dtype()) {
      case F32 -> {
        for (float element : tensor.floats()) {
          room(4).putFloat(element);
        }
      }
      case I32 -> {
        for (int element : tensor.ints()) {
          room(4).putInt(element);
        }
      }
      case I64 -> {
        for (long element : tensor.longs()) {
          room(8).putLong(element);
        }
      }
      case BOOL -> {
        for (boolean element : tensor.booleans()) {
          room(1).put((byte) (element ? 1 : 0));
        }
      }
    }
  }

  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      drain();
    }
    return buffer;
  }

  private void drain() throws IOException {
    out.write(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
