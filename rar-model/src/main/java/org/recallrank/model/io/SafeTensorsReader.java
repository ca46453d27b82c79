package org.recallrank.model.io;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@link SafeTensors}. Elements are read through byte buffers, as access by value layouts
 * makes the JVM generate code when it is used first: a good part of the time until a first score.
 */
final class SafeTensorsReader {
  /** Most bytes that are looked at through one buffer; a multiple of each type's size. */
  private static final int PIECE = 1 << 30;

  /** The limit of the reference implementation; no real model comes near it. */
  private static final long MAX_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  private final Path file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private boolean metadataSeen;

  /** What the header says of one tensor; offsets count from the end of the header. */
  record Entry(String name, StoredTensor.DType dtype, long[] shape, long begin, long end) {}

  /**
   * A file in memory.
   *
   * @param entries by name, in the order of the file
   * @param data what stands behind the header
   */
  record Content(
      Path file, Map<String, Entry> entries, Map<String, String> metadata, MemorySegment data) {

    /** A copy of a tensor's elements. */
    StoredTensor tensor(Entry entry) {
      return new SafeTensorsReader(file).tensor(entry, data.asSlice(entry.begin));
    }
  }

  private SafeTensorsReader(Path file) {
    this.file = file;
  }

  static SafeTensors read(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      Content content = map(file, arena);
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (Entry entry : content.entries.values()) {
        tensors.put(entry.name, content.tensor(entry));
      }
      return new SafeTensors(tensors, content.metadata);
    }
  }

  /** Maps a file and checks its header. */
  static Content map(Path file, Arena arena) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafeTensorsReader reader = new SafeTensorsReader(file);
      return reader.read(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }

  private Content read(MemorySegment bytes) {
    long size = bytes.byteSize();
    if (size < LENGTH_BYTES) {
      throw broken("a safetensors file starts with an 8-byte length; found " + size + " bytes");
    }
    long headerLength = piece(bytes, 0, LENGTH_BYTES).getLong();
    long available = size - LENGTH_BYTES;
    if (headerLength < 2 || headerLength > Math.min(available, MAX_HEADER)) {
      throw broken(
          "the header should have 2 to "
              + Math.min(available, MAX_HEADER)
              + " bytes, found the length "
              + Long.toUnsignedString(headerLength));
    }
    parseHeader(bytes.asSlice(LENGTH_BYTES, headerLength));
    long dataStart = LENGTH_BYTES + headerLength;
    checkOffsets(size - dataStart);
    return new Content(file, entries, metadata, bytes.asSlice(dataStart));
  }

  private void parseHeader(MemorySegment header) {
    try {
      ByteBuffer utf8 = header.asByteBuffer();
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      JsonReader json = new JsonReader(new StringReader(text));
      json.setStrictness(Strictness.STRICT);
      expect(json, JsonToken.BEGIN_OBJECT);
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (name.equals(SafeTensors.METADATA)) {
          parseMetadata(json);
        } else {
          parseEntry(name, json);
        }
      }
      json.endObject();
      expect(json, JsonToken.END_DOCUMENT);
    } catch (CharacterCodingException e) {
      throw broken("the header is not UTF-8");
    } catch (MalformedJsonException | EOFException e) {
      throw broken("the header is not JSON: " + e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException("a StringReader does no I/O", e);
    } catch (NumberFormatException e) {
      throw broken("a number in the header is out of range: " + e.getMessage());
    }
  }

  private void parseMetadata(JsonReader json) throws IOException {
    if (metadataSeen) {
      throw broken("there are two entries " + SafeTensors.METADATA);
    }
    metadataSeen = true;
    expect(json, JsonToken.BEGIN_OBJECT);
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      expect(json, JsonToken.STRING);
      if (metadata.put(key, json.nextString()) != null) {
        throw broken("there are two metadata entries " + key);
      }
    }
    json.endObject();
  }

  private void parseEntry(String name, JsonReader json) throws IOException {
    StoredTensor.DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    expect(json, JsonToken.BEGIN_OBJECT);
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      switch (key) {
        case "dtype" -> dtype = dtype(name, json);
        case "shape" -> shape = longs(json);
        case "data_offsets" -> offsets = longs(json);
        default -> throw broken("tensor " + name + " has the unknown property " + key);
      }
    }
    json.endObject();
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw broken("tensor " + name + " should have dtype, shape and data_offsets [begin, end]");
    }
    Entry entry = new Entry(name, dtype, shape, offsets[0], offsets[1]);
    if (entries.put(name, entry) != null) {
      throw broken("there are two tensors " + name);
    }
  }

  private StoredTensor.DType dtype(String name, JsonReader json) throws IOException {
    expect(json, JsonToken.STRING);
    String found = json.nextString();
    for (StoredTensor.DType dtype : StoredTensor.DType.values()) {
      if (dtype.name().equals(found)) {
        return dtype;
      }
    }
    throw broken(
        "tensor "
            + name
            + " has the type "
            + found
            + "; known here are "
            + Arrays.toString(StoredTensor.DType.values()));
  }

  private long[] longs(JsonReader json) throws IOException {
    List<Long> numbers = new ArrayList<>();
    expect(json, JsonToken.BEGIN_ARRAY);
    json.beginArray();
    while (json.hasNext()) {
      expect(json, JsonToken.NUMBER);
      numbers.add(json.nextLong());
    }
    json.endArray();
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private void expect(JsonReader json, JsonToken wanted) throws IOException {
    JsonToken found = json.peek();
    if (found != wanted) {
      throw broken(
          "expected " + wanted + " in the header at " + json.getPath() + ", found " + found);
    }
  }

  /** Each tensor's bytes must fit its shape, and together they must cover the data once. */
  private void checkOffsets(long dataSize) {
    List<Entry> ordered = new ArrayList<>(entries.values());
    ordered.sort(SafeTensorsReader::inOrder);
    long expectedBegin = 0;
    for (Entry entry : ordered) {
      long bytes = bytesOf(entry);
      if (entry.begin != expectedBegin || entry.end < entry.begin || entry.end > dataSize) {
        throw broken(
            "tensor %s should lie from byte %d on and end by byte %d, found %d to %d"
                .formatted(entry.name, expectedBegin, dataSize, entry.begin, entry.end));
      }
      if (entry.end - entry.begin != bytes) {
        throw broken(
            "tensor %s: %s%s needs %d bytes, found %d"
                .formatted(
                    entry.name,
                    entry.dtype,
                    Arrays.toString(entry.shape),
                    bytes,
                    entry.end - entry.begin));
      }
      expectedBegin = entry.end;
    }
    if (expectedBegin != dataSize) {
      throw broken(
          "the tensors take " + expectedBegin + " bytes, found " + dataSize + " after the header");
    }
  }

  private static int inOrder(Entry a, Entry b) {
    int byBegin = Long.compare(a.begin, b.begin);
    return byBegin != 0 ? byBegin : Long.compare(a.end, b.end);
  }

  private long bytesOf(Entry entry) {
    try {
      long elements = StoredTensor.elements(entry.shape);
      if (elements > Integer.MAX_VALUE - 8) {
        throw broken("tensor " + entry.name + " has " + elements + " elements, too many for Java");
      }
      return elements * entry.dtype.bytes();
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw broken(
          "tensor " + entry.name + " has the impossible shape " + Arrays.toString(entry.shape));
    }
  }

  private StoredTensor tensor(Entry entry, MemorySegment from) {
    int count = (int) StoredTensor.elements(entry.shape);
    int most = PIECE / entry.dtype.bytes();
    switch (entry.dtype) {
      case F32 -> {
        float[] elements = new float[count];
        for (int at = 0, n; at < count; at += n) {
          n = Math.min(most, count - at);
          piece(from, (long) at * Float.BYTES, n * Float.BYTES)
              .asFloatBuffer()
              .get(elements, at, n);
        }
        return StoredTensor.of(elements, entry.shape);
      }
      case I32 -> {
        int[] elements = new int[count];
        for (int at = 0, n; at < count; at += n) {
          n = Math.min(most, count - at);
          piece(from, (long) at * Integer.BYTES, n * Integer.BYTES)
              .asIntBuffer()
              .get(elements, at, n);
        }
        return StoredTensor.of(elements, entry.shape);
      }
      case I64 -> {
        long[] elements = new long[count];
        for (int at = 0, n; at < count; at += n) {
          n = Math.min(most, count - at);
          piece(from, (long) at * Long.BYTES, n * Long.BYTES).asLongBuffer().get(elements, at, n);
        }
        return StoredTensor.of(elements, entry.shape);
      }
      case BOOL -> {
        return StoredTensor.of(booleans(entry, from, count), entry.shape);
      }
    }
    throw new AssertionError(entry.dtype);
  }

  private static ByteBuffer piece(MemorySegment from, long begin, int bytes) {
    return from.asSlice(begin, bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private boolean[] booleans(Entry entry, MemorySegment from, int count) {
    boolean[] elements = new boolean[count];
    for (int at = 0, n; at < count; at += n) {
      n = Math.min(PIECE, count - at);
      ByteBuffer bytes = piece(from, at, n);
      for (int i = 0; i < n; i++) {
        byte value = bytes.get(i);
        if (value != 0 && value != 1) {
          throw broken("tensor " + entry.name + ": a BOOL should be 0 or 1, found " + value);
        }
        elements[at + i] = value == 1;
      }
    }
    return elements;
  }

  private DataException broken(String what) {
    return new DataException(
        file + ": not a whole safetensors file (cut off or damaged?): " + what);
  }
}
