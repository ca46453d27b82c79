package org.recallrank.model.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
  @TempDir Path folder;

  @Test
  void everyTypeComesBack() {
    Path file = folder.resolve("a.safetensors");
    SafeTensors written = sample();
    written.write(file);
    SafeTensors read = SafeTensors.read(file);

    assertThat(read.metadata()).isEqualTo(written.metadata());
    assertThat(read.tensors()).containsOnlyKeys("w", "scalar", "ids", "words", "mask", "none");
    assertThat(read.tensor("w").floats())
        .containsExactly(1f, -2.5f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 0f, 3e38f);
    assertThat(read.tensor("w").shape()).containsExactly(2, 3);
    assertThat(read.tensor("scalar").shape()).isEmpty();
    assertThat(read.tensor("scalar").floats()).containsExactly(7f);
    assertThat(read.tensor("ids").ints()).containsExactly(-1, 2, Integer.MAX_VALUE);
    assertThat(read.tensor("words").longs()).containsExactly(Long.MIN_VALUE, 5);
    assertThat(read.tensor("mask").booleans()).containsExactly(true, false, true);
    assertThat(read.tensor("none").size()).isZero();
  }

  /** Spelt out by hand from the format's description. */
  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put("b", StoredTensor.of(new boolean[] {true}, 1));
    tensors.put("f", StoredTensor.of(new float[] {1f}, 1, 1));
    new SafeTensors(tensors, Map.of("k", "v")).write(file);

    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"f\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[4,5]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected =
        ByteBuffer.allocate(8 + padded + 5)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8))
            .put(new byte[] {0, 0, (byte) 0x80, 0x3f, 1});
    assertThat(file).hasBinaryContent(expected.array());
  }

  @Test
  void theSameContentGivesTheSameBytes() throws IOException {
    Path first = folder.resolve("a");
    Path second = folder.resolve("b");
    sample().write(first);
    SafeTensors.read(first).write(second);
    assertThat(second).hasSameBinaryContentAs(first);
  }

  @Test
  void tensorsLargerThanTheBufferComeBack() {
    Path file = folder.resolve("large");
    float[] floats = new float[100_003];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = i * 0.5f;
    }
    new SafeTensors(Map.of("x", StoredTensor.of(floats, floats.length)), Map.of()).write(file);
    assertThat(SafeTensors.read(file).tensor("x").floats()).containsExactly(floats);
  }

  @Test
  void aFileCutOffAnywhereIsAnErrorThatNamesIt() throws IOException {
    Path file = folder.resolve("cut");
    sample().write(file);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> SafeTensors.read(file))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(DataException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void garbledFilesNeverFailInAnyOtherWay() throws IOException {
    Path file = folder.resolve("garbled");
    sample().write(file);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(1);
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] damaged = bytes.clone();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        SafeTensors.read(file);
      } catch (DataException e) {
        refused++;
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                           | expected BEGIN_OBJECT
          {"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}       | has the type F64; known
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}       | needs 4 bytes, found 8
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}      | impossible shape [-1]
          {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}} | impossible
          {"a":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,8]}} | too many for Java
          {"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}     | out of range
          {"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}     | expected NUMBER
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}       | found 8 to 0
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}} | end by byte 8
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}       | should lie from byte 0
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}       | take 4 bytes, found 8
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}         | [begin, end]
          {"a":{"dtype":"F32","shape":[2]}}                            | [begin, end]
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}} | unknown property x
          {"a":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}      | a BOOL should be 0 or 1
          {"__metadata__":{"a":1}}                                     | expected STRING
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x     | not JSON
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],\
          "data_offsets":[0,8]}}                                       | from byte 4 on
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],\
          "data_offsets":[0,0]}}                                       | two tensors a
          """)
  void headersThatLieAreRefused(String header, String message) throws IOException {
    Path file = folder.resolve("lie");
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .put(new byte[] {0, 0, 0, 2, 0, 0, 0, 0});
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ": not a whole safetensors file")
        .hasMessageContaining(message);
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none");
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": cannot be read: there is no such file or folder");
  }

  @Test
  void theWrongTypeAndTheWrongSizeAreRefused() {
    assertThatThrownBy(() -> sample().tensor("ids").floats())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("expected a tensor of type F32, found I32[3]");
    assertThatThrownBy(() -> StoredTensor.of(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [2, 3] does not hold 5 elements");
    assertThatThrownBy(() -> sample().tensor("v"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no tensor v; there are [w, ");
  }

  private static SafeTensors sample() {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "w",
        StoredTensor.of(
            new float[] {1f, -2.5f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 0f, 3e38f}, 2, 3));
    tensors.put("mask", StoredTensor.of(new boolean[] {true, false, true}, 3));
    tensors.put("scalar", StoredTensor.of(new float[] {7f}));
    tensors.put("ids", StoredTensor.of(new int[] {-1, 2, Integer.MAX_VALUE}, 3));
    tensors.put("words", StoredTensor.of(new long[] {Long.MIN_VALUE, 5}, 1, 2));
    tensors.put("none", StoredTensor.of(new float[0], 0, 5));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "test");
    metadata.put("quote \" and \u4e2d", "line\nbreak");
    return new SafeTensors(tensors, metadata);
  }
}
