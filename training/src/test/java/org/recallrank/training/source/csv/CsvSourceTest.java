package org.recallrank.training.source.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.recallrank.training.source.Split.TEST;
import static org.recallrank.training.source.Split.TRAIN;
import static org.recallrank.training.source.Split.VALID;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.TestSource;

class CsvSourceTest {
  private static final Set<Split> ALL = EnumSet.allOf(Split.class);
  private static final CsvLayout LAYOUT = CsvLayout.of("label", "user", "item");

  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private CsvSource train(String content) throws IOException {
    return train(content, LAYOUT, BadRows.FAIL);
  }

  private CsvSource train(String content, CsvLayout layout, BadRows badRows) throws IOException {
    return CsvSource.ofFiles(Map.of(TRAIN, file("T.csv", content)), layout, badRows);
  }

  @Test
  void columnsHaveTheRolesAndTypesThatTheUserNames() throws IOException {
    CsvLayout layout =
        LAYOUT
            .withUserFields(List.of("age", "history"))
            .withItemFields(List.of("price"))
            .withNumeric(List.of("price"))
            .withSequences(List.of(new CsvLayout.Sequence("history", 3, Field.Pooling.SUM, "item")))
            .withIgnored(List.of("note"));
    CsvSource source =
        train(
            "hour,user,label,history,item,note,price,age\n5,u,1,a^b,i,x,2.5,7\n",
            layout,
            BadRows.FAIL);
    assertThat(source.columns())
        .isEqualTo(
            new Columns(
                List.of(
                    Column.categorical("hour", Field.Role.CONTEXT),
                    Column.categorical("user", Field.Role.USER),
                    new Column(
                        "history",
                        Field.Type.SEQUENCE,
                        Field.Role.USER,
                        3,
                        Field.Pooling.SUM,
                        "item"),
                    Column.categorical("item", Field.Role.ITEM),
                    Column.numeric("price", Field.Role.ITEM),
                    Column.categorical("age", Field.Role.USER)),
                1,
                3));
    assertThat(TestSource.lines(source, ALL)).containsExactly("train 5|u|a^b|i|2.5|7 1.0");
  }

  @Test
  void quotesMarksLineEndsAndForeignLettersAreRead() throws IOException {
    CsvSource source =
        train(
            "\ufefflabel,user,item,note\r\n"
                + "1,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"
                + "\r\n"
                + "0,\u5468\u6770\u4f26,caf\u00e9,\r\n"
                + "1.0, spaced ,\"\",last");
    assertThat(TestSource.lines(source, ALL))
        .containsExactly(
            "train a,b|say \"hi\"|two\nlines 1.0",
            "train \u5468\u6770\u4f26|caf\u00e9| 0.0",
            "train  spaced ||last 1.0");
  }

  @Test
  void eachSplitHasItsFileAndColumnsAreFoundByName() throws IOException {
    CsvSource source =
        CsvSource.ofFiles(
            Map.of(
                TRAIN, file("T.csv", "label,user,item\n1,u1,i1\n"),
                VALID, file("V.csv", "item,more,user,label\ni2,x,u2,0\n"),
                TEST, file("S.csv", "user,label,item\nu3,1,i3\n")),
            LAYOUT,
            BadRows.FAIL);
    assertThat(source.splits()).containsExactly(TRAIN, VALID, TEST);
    assertThat(TestSource.lines(source, ALL))
        .containsExactly("train u1|i1 1.0", "valid u2|i2 0.0", "test u3|i3 1.0");
    assertThat(TestSource.lines(source, EnumSet.of(VALID))).containsExactly("valid u2|i2 0.0");
  }

  @Test
  void oneFileIsDividedInExactNumbersAndTheSameWayForASeed() throws IOException {
    StringBuilder csv = new StringBuilder("label,user,item\n");
    for (int i = 0; i < 1003; i++) {
      csv.append(i % 2).append(",u").append(i).append(",i\n");
    }
    Path file = file("one.csv", csv.toString());
    SplitRatios ratios = SplitRatios.parse("7:2:1");
    CsvSource source = CsvSource.ofOneFile(file, ratios, 5, LAYOUT, BadRows.FAIL);
    List<String> lines = TestSource.lines(source, ALL);
    assertThat(lines).hasSize(1003).doesNotHaveDuplicates();
    assertThat(lines.stream().filter(line -> line.startsWith("train"))).hasSize(702);
    assertThat(lines.stream().filter(line -> line.startsWith("valid"))).hasSize(200);
    assertThat(lines.stream().filter(line -> line.startsWith("test"))).hasSize(101);

    List<String> again = new ArrayList<>();
    CsvSource second = CsvSource.ofOneFile(file, ratios, 5, LAYOUT, BadRows.FAIL);
    for (Split split : Split.values()) {
      again.addAll(TestSource.lines(second, EnumSet.of(split)));
    }
    assertThat(new TreeSet<>(again)).isEqualTo(new TreeSet<>(lines));
    CsvSource other = CsvSource.ofOneFile(file, ratios, 6, LAYOUT, BadRows.FAIL);
    assertThat(TestSource.lines(other, ALL)).isNotEqualTo(lines);
  }

  @Test
  void aFileToScoreNeedsNoLabels() throws IOException {
    Columns columns = train("label,user,item\n1,u,i\n").columns();
    Path unlabelled = file("S.csv", "item,user\ni,u\n");
    CsvSource source = CsvSource.toScore(unlabelled, columns, null, BadRows.FAIL);
    assertThat(TestSource.lines(source, ALL)).containsExactly("test u|i NaN");
    assertThatThrownBy(() -> CsvSource.toScore(unlabelled, columns, "label", BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessage(unlabelled + ": there is no column label; the header has [item, user]");
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none.csv");
    assertThatThrownBy(() -> CsvSource.ofFiles(Map.of(TRAIN, file), LAYOUT, BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": cannot be read: there is no such file or folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "\ufeff"})
  void anEmptyFileIsAnError(String content) {
    assertThatThrownBy(() -> train(content))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("T.csv") + ": expected a header line, found an empty file");
  }

  @Test
  void aHeaderWithoutTheColumnListsThoseThatThereAre() {
    assertThatThrownBy(() -> train("label,user_id,item\n"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder.resolve("T.csv")
                + ": there is no column user; the header has [label, user_id, item]");
  }

  @Test
  void aHeaderThatNamesAColumnTwiceIsAnError() {
    assertThatThrownBy(() -> train("label,user,item,user\n"))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("T.csv, line 1: the header names column user twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,u", "1,u,i,x", "1"})
  void aRowWithTheWrongNumberOfColumnsIsAnError(String row) throws IOException {
    CsvSource source = train("label,user,item\n1,\"a\nb\",i\n" + row + "\n");
    assertThatThrownBy(() -> TestSource.lines(source, ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "T.csv, line 4: expected 3 columns as in the header, found " + row.split(",").length)
        .hasMessageContaining("--bad-rows skip:N");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "-1", "yes", "", "NaN", "0.5"})
  void aLabelThatIsNeitherZeroNorOneIsAnError(String label) throws IOException {
    CsvSource source = train("label,user,item\n" + label + ",u,i\n");
    String found = label.isEmpty() ? "nothing" : "'" + label + "'";
    assertThatThrownBy(() -> TestSource.lines(source, ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("T.csv, line 2: column label: expected 0 or 1, found " + found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "NaN", "Infinity", "1e99", "0x1p3", "1f", "1,5"})
  void aNumberFieldWithTextIsAnError(String number) throws IOException {
    CsvSource source =
        train(
            "label,user,item,price\n1,u,i,\"" + number + "\"\n",
            LAYOUT.withNumeric(List.of("price")),
            BadRows.FAIL);
    assertThatThrownBy(() -> TestSource.lines(source, ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "T.csv, line 2: column price: expected a finite number, found '" + number + "'");
  }

  @Test
  void anEmptyNumberIsZero() throws IOException {
    CsvSource source =
        train(
            "label,user,item,price\n1,u,i,\n0,u,i,-2e3\n",
            LAYOUT.withNumeric(List.of("price")),
            BadRows.FAIL);
    assertThat(TestSource.lines(source, ALL))
        .containsExactly("train u|i|0.0 1.0", "train u|i|-2000.0 0.0");
  }

  @Test
  void badRowsAreSkippedAndReportedUpToTheLimit() throws IOException {
    String csv = "label,user,item\n7,u,i\n1,u1,i\n1,u\n0,u2,i\n,u,i\n";
    CsvSource source = train(csv, LAYOUT, BadRows.parse("skip:3"));
    List<String> kept = new ArrayList<>();
    List<SkippedRows> skipped = source.read(ALL, (split, row) -> kept.add(row.tokens[0]));
    assertThat(kept).containsExactly("u1", "u2");
    Path file = folder.resolve("T.csv");
    assertThat(skipped)
        .containsExactly(
            new SkippedRows(
                file,
                3,
                List.of(
                    file + ", line 2: column label: expected 0 or 1, found '7'",
                    file + ", line 4: expected 3 columns as in the header, found 2",
                    file + ", line 6: column label: expected 0 or 1, found nothing")));
    assertThatThrownBy(() -> TestSource.lines(train(csv, LAYOUT, BadRows.parse("skip:2")), ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("line 6")
        .hasMessageContaining("malformed row 3, and at most 2 may be skipped");
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "skip:", "skip:-1", "skip:x", "", "Fail"})
  void anUnknownPolicyIsAnError(String text) {
    assertThatThrownBy(() -> BadRows.parse(text))
        .isInstanceOf(DataException.class)
        .hasMessage("bad rows: expected fail or skip:N, found '" + text + "'");
  }

  @Test
  void anOpenQuoteIsAnErrorThatNamesItsLine() throws IOException {
    CsvSource source =
        train("label,user,item\n1,u,i\n1,\"u,i\n0,u,i\n", LAYOUT, BadRows.parse("skip:9"));
    assertThatThrownBy(() -> TestSource.lines(source, ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("T.csv, after line 2: not CSV: ");
  }

  @Test
  void otherEncodingsAreAnError() throws IOException {
    Path file = folder.resolve("T.csv");
    Files.write(file, "label,user,item\n1,caf\u00e9,i\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(
            () ->
                TestSource.lines(CsvSource.ofFiles(Map.of(TRAIN, file), LAYOUT, BadRows.FAIL), ALL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(file + ": expected UTF-8 text, found other bytes");
  }

  @Test
  void contradictoryLayoutsAreErrors() {
    String csv = "label,user,item,x\n";
    assertThatThrownBy(() -> train(csv, LAYOUT.withUserFields(List.of("item")), BadRows.FAIL))
        .hasMessage("column item cannot be of the user and of the item");
    assertThatThrownBy(() -> train(csv, LAYOUT.withNumeric(List.of("user")), BadRows.FAIL))
        .hasMessageContaining("column user identifies a user or an item");
    assertThatThrownBy(() -> train(csv, LAYOUT.withIgnored(List.of("user")), BadRows.FAIL))
        .hasMessageContaining("column user cannot be");
    assertThatThrownBy(() -> train(csv, LAYOUT.withIgnored(List.of("y")), BadRows.FAIL))
        .hasMessageContaining("there is no column y; the header has");
    assertThatThrownBy(
            () ->
                train(
                    csv,
                    LAYOUT.withSequences(
                        List.of(new CsvLayout.Sequence("x", 3, Field.Pooling.MEAN, "z"))),
                    BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("x shares the table of z, which is no categorical column");
  }

  @Test
  void theFingerprintFollowsFilesAndOptions() throws IOException {
    String csv = "label,user,item\n1,u,i\n";
    String first = train(csv).fingerprint();
    assertThat(train(csv, LAYOUT, BadRows.parse("skip:1")).fingerprint()).isNotEqualTo(first);
    assertThat(CsvSource.ofFiles(Map.of(TRAIN, folder.resolve("T.csv")), LAYOUT, BadRows.FAIL))
        .extracting(CsvSource::fingerprint)
        .isNotEqualTo(train(csv + "0,u,i\n").fingerprint());
  }
}
