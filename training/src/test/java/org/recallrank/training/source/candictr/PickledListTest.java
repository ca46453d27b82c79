package org.recallrank.training.source.candictr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.collections.impl.map.mutable.primitive.IntIntHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;

class PickledListTest {
  private static final HexFormat HEX = HexFormat.of();

  /** What CPython 3 writes of two sessions whose queue refers to the items shown. */
  private static final Map<Integer, String> BY_PYTHON =
      Map.of(
          2,
          "80025d7100285d7101284b5c4b135d7102284b014b00655d7103284bea4b124b234b8a4b13655d7104284a"
              + "701101004b014b024b034ac4d7ed00655d710528680368045d7106284b054b064b074b084d2c0165"
              + "6565284b074b084b01857107284b014b024b034b044b057471085d710974710a652e",
          3,
          "80035d7100285d7101284b5c4b135d7102284b014b00655d7103284bea4b124b234b8a4b13655d7104284a"
              + "701101004b014b024b034ac4d7ed00655d710528680368045d7106284b054b064b074b084d2c0165"
              + "6565284b074b084b01857107284b014b024b034b044b057471085d710974710a652e",
          4,
          "80049568000000000000005d94285d94284b5c4b135d94284b014b00655d94284bea4b124b234b8a4b1365"
              + "5d94284a701101004b014b024b034ac4d7ed00655d9428680368045d94284b054b064b074b084d2c"
              + "01656565284b074b084b018594284b014b024b034b044b0574945d947494652e",
          5,
          "80059568000000000000005d94285d94284b5c4b135d94284b014b00655d94284bea4b124b234b8a4b1365"
              + "5d94284a701101004b014b024b034ac4d7ed00655d9428680368045d94284b054b064b074b084d2c"
              + "01656565284b074b084b018594284b014b024b034b044b0574945d947494652e");

  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x.pkl"), bytes);
  }

  private List<String> read(byte[] bytes) throws IOException {
    List<String> elements = new ArrayList<>();
    new PickledList(file(bytes)).forEach(e -> elements.add(text(e)));
    return elements;
  }

  private static String text(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(PickledListTest::text).toList().toString()
        : value instanceof Object[] tuple
            ? Arrays.stream(tuple).map(PickledListTest::text).toList().toString()
            : String.valueOf(value);
  }

  @Test
  void readsWhatPythonWritesInEveryProtocol() throws IOException {
    for (Map.Entry<Integer, String> pickle : BY_PYTHON.entrySet()) {
      assertThat(read(HEX.parseHex(pickle.getValue())))
          .as("protocol " + pickle.getKey())
          .containsExactly(
              "[92, 19, [1, 0], [234, 18, 35, 138, 19], [70000, 1, 2, 3, 15587268], [[234, 18, 35,"
                  + " 138, 19], [70000, 1, 2, 3, 15587268], [5, 6, 7, 8, 300]]]",
              "[7, 8, [1], [1, 2, 3, 4, 5], []]");
    }
  }

  @Test
  void readsEveryKindOfNumberAndText() throws IOException {
    String pickle =
        "80049528000000000000005d945d94288a060000000000014affffffff473ff80000000000008c045a6fc3ab"
            + "94884e2965612e";
    assertThat(read(HEX.parseHex(pickle)))
        .containsExactly("[1099511627776, -1, 1.5, Zo\u00eb, true, null, []]");
  }

  /**
   * However long the list is, and whatever refers back to whatever came a thousand sessions ago.
   */
  @Test
  void elementsComeOneAfterTheOtherAndSharedPartsAreFound() throws IOException {
    List<Integer> shared = List.of(1, 2, 3);
    List<Object> outer = new ArrayList<>();
    for (int i = 0; i < 2500; i++) {
      List<Integer> own = List.of(i, i); // referred to once more, the shared one three times
      outer.add(new ArrayList<>(List.of(i, i % 700 == 0 ? shared : own, List.of(own))));
    }
    for (int protocol = 2; protocol <= 5; protocol++) {
      assertThat(read(PickleWriter.bytes(protocol, outer)))
          .isEqualTo(outer.stream().map(PickledListTest::text).toList());
    }
    assertThat(read(PickleWriter.bytes(4, List.of()))).isEmpty();
    assertThat(read(PickleWriter.bytes(4, List.of(5)))).containsExactly("5");
  }

  @Test
  void whatIsAskedForTheLastTimeIsForgotten() {
    BitSet keys = new BitSet();
    keys.set(1, 3);
    PickleCheck.Fetches once1Twice2 =
        new PickleCheck.Fetches(keys, IntIntHashMap.newWithKeysValues(2, 1));
    PickledList.Memo memo = new PickledList.Memo(once1Twice2);
    for (int key = 0; key < 3; key++) {
      memo.put(key, "object " + key);
    }
    assertThat(memo.entrySet()).hasSize(2);
    assertThat(memo.get(2)).isEqualTo("object 2");
    assertThat(memo.get(1)).isEqualTo("object 1");
    assertThat(memo.entrySet()).hasSize(1);
    assertThat(memo.get(2)).isEqualTo("object 2");
    assertThat(memo.entrySet()).isEmpty();
    assertThat(memo.size()).as("the next key").isEqualTo(3);
  }

  @Test
  void whatCouldRunCodeIsRefusedBeforeAnythingIsMade() throws IOException {
    Map<String, String> refused =
        Map.of(
            "80025d710063636f6c6c656374696f6e730a4f726465726564446963740a710129527102612e",
            "byte 5: expected lists, tuples, numbers and strings, found the operation GLOBAL",
            "80049525000000000000005d948c0b636f6c6c656374696f6e73948c0b4f7264657265644469637494"
                + "9394295294612e",
            "found the operation STACK_GLOBAL",
            "80025d28522e",
            "found the operation REDUCE",
            "80025d7d612e",
            "found the operation EMPTY_DICT",
            "80035d4301612e",
            "found the operation SHORT_BINBYTES",
            "80025d532761270a612e",
            "found the operation 0x53");
    for (Map.Entry<String, String> pickle : refused.entrySet()) {
      List<Object> made = new ArrayList<>();
      Path file = file(HEX.parseHex(pickle.getKey()));
      assertThatThrownBy(() -> new PickledList(file).forEach(made::add))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageContaining(pickle.getValue());
      assertThat(made).isEmpty();
    }
  }

  @Test
  void damagedFilesAreErrors() throws IOException {
    byte[] whole = PickleWriter.bytes(3, List.of(List.of(1, 70_000, "text"), List.of(2.5, 3)));
    for (int length = 0; length < whole.length; length++) {
      Path file = file(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> new PickledList(file).forEach(e -> {}))
          .as(length + " bytes")
          .isInstanceOf(DataException.class)
          .hasMessageContaining("byte " + length + ": the pickle is not complete");
    }
    Map<String, String> damaged =
        Map.of(
            "800229612e", "not a pickle (damaged?)", // an append to nothing
            "80024b01682a2e", "not a pickle (damaged?)", // a key that is not there
            "8002292e", "expected a list, found a tuple of 0",
            "80024b012e", "expected a list, found '1'",
            "80015d2e", "byte 0: expected a pickle of protocol 2 to 5, found protocol 1",
            "6c6162656c", "byte 0: expected a pickle of protocol 2 to 5, found byte 0x6c",
            "80025d58ffffffff612e", "expected a number below 2^31, found 4294967295");
    for (Map.Entry<String, String> pickle : damaged.entrySet()) {
      Path file = file(HEX.parseHex(pickle.getKey()));
      assertThatThrownBy(() -> new PickledList(file).forEach(e -> {}))
          .as(pickle.getKey())
          .isInstanceOf(DataException.class)
          .hasMessageContaining(pickle.getValue());
    }
  }

  @Test
  void errorsOfTheSinkAreItsOwn() throws IOException {
    Path file = file(PickleWriter.bytes(4, List.of(1)));
    assertThatThrownBy(
            () ->
                new PickledList(file)
                    .forEach(
                        e -> {
                          throw new IllegalStateException("disk full");
                        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("disk full");
  }
}
