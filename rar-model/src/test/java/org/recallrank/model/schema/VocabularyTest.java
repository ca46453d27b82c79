package org.recallrank.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.io.DataException;

class VocabularyTest {
  @TempDir Path folder;

  @Test
  void othersAndMissingOnesShareTheLastRow() {
    Vocabulary vocabulary = Vocabulary.of(List.of("a", "b"), null);
    assertThat(vocabulary.size()).isEqualTo(4);
    assertThat(vocabulary.outOfVocabulary()).isEqualTo(3);
    assertThat(vocabulary.row("x")).isEqualTo(3);
    assertThat(vocabulary.row(null)).isEqualTo(3);
    assertThat(vocabulary.row("")).isEqualTo(3);
    assertThatThrownBy(() -> vocabulary.token(3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> vocabulary.token(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void awkwardTokensComeBackFromTheFile() {
    String[] tokens = {
      "a\nb", "a\\nb", "\\", "\r", "\\\r\n", "\u4e2d\u6587", "\ufeffmark", " ", "\u2028", "\"", "#"
    };
    Vocabulary written = Vocabulary.of(List.of(tokens), null);
    Path file = folder.resolve("v.txt");
    written.write(file);
    Vocabulary read = Vocabulary.read(file, written.size());
    for (int t = 0; t < tokens.length; t++) {
      assertThat(read.token(t + 1)).isEqualTo(tokens[t]);
      assertThat(read.row(tokens[t])).isEqualTo(t + 1);
    }
  }

  @Test
  void aMarkAtTheStartOfTheFileIsAToken() {
    Vocabulary written = Vocabulary.of(List.of("\ufeffmark", "b"), null);
    written.write(folder.resolve("v.txt"));
    assertThat(Vocabulary.read(folder.resolve("v.txt"), 4).token(1)).isEqualTo("\ufeffmark");
  }

  @Test
  void rowsMayHaveNoTokenAndRowZeroOne() {
    for (String paddingToken : new String[] {null, "0"}) {
      Vocabulary written = Vocabulary.of(List.of("", "b", "", "d"), paddingToken);
      written.write(folder.resolve("v.txt"));
      Vocabulary read = Vocabulary.read(folder.resolve("v.txt"), 6);
      for (Vocabulary v : List.of(written, read)) {
        assertThat(v.size()).isEqualTo(6);
        assertThat(v.row("b")).isEqualTo(2);
        assertThat(v.row("d")).isEqualTo(4);
        assertThat(v.row("")).isEqualTo(5);
        assertThat(v.row("0")).isEqualTo(paddingToken == null ? 5 : 0);
        assertThat(v.token(1)).isEmpty();
      }
    }
  }

  @Test
  void aTokenOfTwoRowsIsAnError() throws IOException {
    Path file = Files.writeString(folder.resolve("v.txt"), "a\nb\na\n");
    for (int size : new int[] {4, 5}) {
      assertThatThrownBy(() -> Vocabulary.read(file, size))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("found 2 on 3 lines");
    }
  }

  @Test
  void aCutFileIsAnError() throws IOException {
    Path file = folder.resolve("v.txt");
    Vocabulary.of(List.of("a", "b", "c"), null).write(file);
    Files.writeString(file, "a\nb\n");
    assertThatThrownBy(() -> Vocabulary.read(file, 5))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": expected 3 different tokens, found 2 on 2 lines");
  }

  @Test
  void aTokenGivenTwiceIsRefused() {
    assertThatThrownBy(() -> Vocabulary.of(List.of("a", "", "b", ""), "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected different tokens, found 'b' twice");
  }

  @Test
  void theFileIsEscapedText() throws IOException {
    Path file = folder.resolve("v.txt");
    Vocabulary.of(List.of("\\n\n", "", "\r\u00e9", "\ud83d\ude00"), "0").write(file);
    assertThat(Files.readString(file)).isEqualTo("0\n\\\\n\\n\n\n\\r\u00e9\n\ud83d\ude00\n");
    Vocabulary.read(file, 6).write(folder.resolve("again.txt"));
    assertThat(folder.resolve("again.txt")).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nb\\q\r\n\r\n\u00e9\r\n", "a\rb\\q\n\r\n\u00e9", "a\nb\\q\n\n\u00e9"})
  void linesMayEndInAnyWay(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("v.txt"), text);
    Vocabulary read = Vocabulary.read(file, 6);
    assertThat(IntStream.range(1, 5).mapToObj(read::token))
        .containsExactly("a", "bq", "", "\u00e9");
    assertThat(read.row("\u00e9")).isEqualTo(4);
    read.write(file);
    assertThat(Files.readString(file)).isEqualTo("a\nbq\n\n\u00e9\n");
  }

  @Test
  void tokensAreTheSameIfTheirUtf8FormIs() {
    Vocabulary plain = Vocabulary.of(List.of("n", "a"), null);
    Vocabulary escaped = Vocabulary.of(List.of("\n", "\u00e9", "a"), null);
    for (String other : List.of("\\n", "\u00c3\u00a9", "\ud800", "\u0161", "a\n")) {
      assertThat(plain.row(other)).as(other).isEqualTo(3);
      assertThat(escaped.row(other)).as(other).isEqualTo(4);
    }
    assertThat(Vocabulary.of(List.of("?"), null).row("\ud800")).isEqualTo(1);
  }

  @Test
  void noTokensAreFine() throws IOException {
    Vocabulary read = Vocabulary.read(Files.createFile(folder.resolve("v.txt")), 2);
    assertThat(read.size()).isEqualTo(2);
    assertThat(read.row("a")).isEqualTo(1);
  }

  @Test
  void otherBytesThanTextAreAnError() throws IOException {
    for (String bytes :
        new String[] {"\u00e9", "\u00ed\u00a0\u0080", "\u00c0\u0080", "\u00e4\u00b8"}) {
      Path file = folder.resolve("v.txt");
      Files.writeString(file, "a\nb\n" + bytes + "\n", StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> Vocabulary.read(file, 5))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ": expected UTF-8 text, found other bytes after line");
    }
  }

  @Test
  void aSizeFromADamagedSchemaAllocatesNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("v.txt"), "a\n");
    assertThatThrownBy(() -> Vocabulary.read(file, Integer.MAX_VALUE))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": expected 2147483645 different tokens, found 1 on 1 lines");
  }

  @Test
  void aFileAboveTwoGibibytesIsRefused() throws IOException {
    Path file = folder.resolve("v.txt");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(Integer.MAX_VALUE);
    }
    assertThatThrownBy(() -> Vocabulary.read(file, 3))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": expected at most 2147483639 bytes of tokens, found 2147483647");
  }

  /** Against a map, in the heap and from a file, by several threads. */
  @Test
  void manyTokensAreFoundByManyThreads() {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, Integer> rows = new LinkedHashMap<>();
    while (rows.size() < 200_000) {
      rows.putIfAbsent(token(random), rows.size() + 1);
    }
    List<String> tokens = List.copyOf(rows.keySet());
    List<String> others =
        Stream.generate(() -> token(random))
            .filter(t -> !rows.containsKey(t))
            .limit(50_000)
            .toList();
    Vocabulary written = Vocabulary.of(tokens, null);
    written.write(folder.resolve("v.txt"));
    Vocabulary read = Vocabulary.read(folder.resolve("v.txt"), tokens.size() + 2);
    for (Vocabulary v : List.of(written, read)) {
      assertThat(tokens.parallelStream().filter(t -> v.row(t) != rows.get(t))).isEmpty();
      assertThat(tokens.parallelStream().filter(t -> !v.token(rows.get(t)).equals(t))).isEmpty();
      assertThat(others.parallelStream().filter(t -> v.row(t) != v.outOfVocabulary())).isEmpty();
    }
  }

  /** 1 to 8 code points: digits and escapes mostly, but all planes. */
  private static String token(SplittableRandom random) {
    StringBuilder token = new StringBuilder();
    for (int i = random.nextInt(1, 9); i > 0; i--) {
      int c = random.nextInt(Character.MAX_CODE_POINT + 1);
      boolean plain =
          random.nextBoolean() || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
      token.appendCodePoint(plain ? "0123456789\\nr\n\r".charAt(random.nextInt(15)) : c);
    }
    return token.toString();
  }

  @Test
  void lookingUpPlainTokensAllocatesNothing() {
    List<String> tokens = IntStream.range(0, 1000).mapToObj(i -> "token " + i).toList();
    Vocabulary.of(tokens, null).write(folder.resolve("v.txt"));
    Vocabulary vocabulary = Vocabulary.read(folder.resolve("v.txt"), 1002);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    long found = 0;
    for (int repeat = 0; repeat < 20; repeat++) { // the first ones load classes
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int t = 0; t < 1000; t++) {
        found += vocabulary.row(tokens.get(t));
      }
      allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(found).isEqualTo(20 * 1000 * 1001 / 2);
    assertThat(allocated).isLessThan(1000);
  }
}
