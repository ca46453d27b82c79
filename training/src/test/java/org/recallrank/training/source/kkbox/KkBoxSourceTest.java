package org.recallrank.training.source.kkbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.model.schema.Columns;
import org.recallrank.model.schema.Field;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.SharedData;
import org.recallrank.training.source.SkippedRows;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.TestSource;
import org.recallrank.training.source.kkbox.KkBoxSource.Options;

class KkBoxSourceTest {
  private static final Set<Split> ALL = EnumSet.allOf(Split.class);
  private static final SplitRatios ALL_TRAIN = new SplitRatios(1, 0, 0);
  private static final String MEMBERS =
      "msno,city,bd,gender,registered_via,registration_init_time,expiration_date\n";
  private static final String SONGS =
      "song_id,song_length,genre_ids,artist_name,composer,lyricist,language\n";
  private static final String EXTRA = "song_id,name,isrc\n";
  private static final String TRAIN =
      "msno,song_id,source_system_tab,source_screen_name,source_type,target\n";

  @TempDir Path folder;

  @BeforeEach
  void writeEmptyFiles() throws IOException {
    file("members.csv", MEMBERS);
    file("songs.csv", SONGS);
    file("song_extra_info.csv", EXTRA);
    file("train.csv", TRAIN + event("u", "s"));
  }

  private void file(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  /** An id as long as KKBox' are. */
  private static String id(String name) {
    return name
        + "/+".repeat((43 - name.length()) / 2)
        + "A".repeat((43 - name.length()) % 2)
        + "=";
  }

  private static String event(String member, String song) {
    return id(member) + "," + id(song) + ",search,,null,1\n";
  }

  private KkBoxSource source(BadRows badRows) {
    return new KkBoxSource(folder, new Options(ALL_TRAIN, 1, badRows));
  }

  /** The rows with ids shortened to their names. */
  private List<String> lines(BadRows badRows) {
    return TestSource.lines(source(badRows), ALL).stream()
        .map(line -> line.replaceAll("[/+]{2,}A?=", ""))
        .toList();
  }

  private List<String> lines() {
    return lines(BadRows.FAIL);
  }

  /** Language, genres, artists and country of the only song. */
  private String song(String songsLine) throws IOException {
    file("songs.csv", SONGS + songsLine);
    return lines().get(0).substring("train u|s|search|null|null|null|null|null|".length());
  }

  @Test
  void fieldsAreThoseOfKkBoxX1() {
    Columns columns = source(BadRows.FAIL).columns();
    assertThat(columns.list())
        .extracting(Column::name)
        .containsExactly(
            "msno",
            "song_id",
            "source_system_tab",
            "source_screen_name",
            "source_type",
            "city",
            "gender",
            "registered_via",
            "language",
            "genre_ids",
            "artist_name",
            "isrc",
            "bd");
    assertThat(columns.list().stream().filter(c -> c.role() == Field.Role.USER))
        .extracting(Column::name)
        .containsExactly("msno", "city", "gender", "registered_via", "bd");
    assertThat(columns.list().stream().filter(c -> c.role() == Field.Role.ITEM))
        .extracting(Column::name)
        .containsExactly("song_id", "language", "genre_ids", "artist_name", "isrc");
    assertThat(columns.get(columns.user()).name()).isEqualTo("msno");
    assertThat(columns.get(columns.item()).name()).isEqualTo("song_id");
    assertThat(columns.get(9).maxLength()).isEqualTo(3);
    assertThat(columns.get(10).pooling()).isEqualTo(Field.Pooling.SUM);
  }

  @Test
  void membersAndSongsAreJoined() throws IOException {
    file("members.csv", MEMBERS + id("u") + ",13,35,female,9,20100622,20170924\n");
    file("songs.csv", SONGS + id("s") + ",109035,465|458,\u5468\u6770\u502b,,,52.0\n");
    file("song_extra_info.csv", EXTRA + id("s") + ",\"A, B\",TWUM70000001\n");
    file("train.csv", TRAIN + event("u", "s") + id("v") + "," + id("t") + ",,Explore,radio,0\n");
    assertThat(lines())
        .containsExactly(
            "train u|s|search|null|null|13|female|9|52|465^458|\u5468\u6770\u502b|TW|4 1.0",
            "train v|t|null|Explore|radio|null|null|null|null|null|null|null|null 0.0");
  }

  @Test
  void songsThatAreInOneFileOnlyHaveWhatThatSays() throws IOException {
    file("songs.csv", SONGS + id("s") + ",1,,,,,\n");
    file("song_extra_info.csv", EXTRA + id("s") + ",x,\n" + id("t") + ",y,US123\n");
    file("train.csv", TRAIN + event("u", "s") + event("u", "t"));
    assertThat(lines())
        .containsExactly(
            "train u|s|search|null|null|null|null|null|null|||null|null 1.0",
            "train u|t|search|null|null|null|null|null|null|null|null|US|null 1.0");
  }

  @Test
  void agesComeInBucketsAndThoseOutOfRangeAreMissing() throws IOException {
    Map<String, String> buckets =
        Map.of(
            "0", "null", "1", "1", "10", "1", "11", "2", "60", "6", "61", "7", "95", "7", "96",
            "null", "1051", "null", "-38", "null");
    for (Map.Entry<String, String> bucket : buckets.entrySet()) {
      file("members.csv", MEMBERS + id("u") + ",1," + bucket.getKey() + ",,3,1,2\n");
      assertThat(lines().get(0)).as(bucket.getKey()).endsWith("|" + bucket.getValue() + " 1.0");
    }
  }

  @Test
  void artistsAreSeparatedBySeveralSigns() throws IOException {
    assertThat(song(id("s") + ",1,1|2|3|4,A & B/C;D\\E| F ,,,-1.0\n"))
        .isEqualTo("-1|1^2^3^4|A^B^C^D^E^F|null|null 1.0");
    assertThat(song(id("s") + ",1,,A^B|^,,,\n")).isEqualTo("null||A B|null|null 1.0");
  }

  @Test
  void quotedValuesHoldCommasQuotesAndLineEnds() throws IOException {
    assertThat(song(id("s") + ",1,9,\"\u5468, \"\"Live\"\" (Jay)\",\"x\ny, z\",,3.0\n"))
        .isEqualTo("3|9|\u5468, Live (Jay)|null|null 1.0");
  }

  @Test
  void strayQuotesAreText() throws IOException {
    String next = id("t") + ",1,8,\"T\",,,31.0\n";
    for (String artist :
        List.of("\"Weird Al\" Yankovic", "\"Weird Al Yankovic", "Weird \"Al Yankovic\"")) {
      file("train.csv", TRAIN + event("u", "s") + event("u", "t"));
      file("songs.csv", SONGS + id("s") + ",1,9," + artist + ",,,3.0\n" + next);
      assertThat(lines())
          .as(artist)
          .containsExactly(
              "train u|s|search|null|null|null|null|null|3|9|Weird Al Yankovic|null|null 1.0",
              "train u|t|search|null|null|null|null|null|31|8|T|null|null 1.0");
    }
  }

  @Test
  void byteOrderMarksWindowsLineEndsAndOtherColumnOrdersDoNotMatter() throws IOException {
    file(
        "songs.csv",
        "\ufefflanguage,artist_name,genre_ids,song_id\r\n17.0,X,5," + id("s") + "\r\n");
    assertThat(lines().get(0)).contains("|17|5|X|");
  }

  @Test
  void malformedRowsAreErrorsOrSkipped() throws IOException {
    Map<String, String> bad =
        Map.of(
            id("u") + "," + id("s") + ",a,b,c\n", "expected 6 columns as in the header, found 5",
            id("u") + "," + id("s") + ",a,b,c,2\n", "column target: expected 0 or 1, found '2'",
            "," + id("s") + ",a,b,c,1\n", "column msno: expected an id, found nothing",
            id("u") + ",,a,b,c,1\n", "column song_id: expected an id, found nothing");
    for (Map.Entry<String, String> row : bad.entrySet()) {
      file("train.csv", TRAIN + event("u", "s") + row.getKey() + event("v", "s"));
      assertThatThrownBy(this::lines)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("train.csv, line 3: " + row.getValue());
      assertThat(lines(new BadRows(1))).hasSize(2);
    }
  }

  @Test
  void malformedDescriptionsAreErrorsOrSkipped() throws IOException {
    file("members.csv", MEMBERS + id("u") + ",1,old,,3,1,2\n");
    file("songs.csv", SONGS + id("s") + ",1,9,A,,,Mandarin\n");
    assertThatThrownBy(this::lines)
        .hasMessageContaining("members.csv, line 2: column bd: expected a number, found 'old'");
    assertThatThrownBy(() -> lines(new BadRows(1)))
        .hasMessageContaining(
            "songs.csv, line 2: column language: expected a number, found 'Mandarin'");
    KkBoxSource lenient = source(new BadRows(2));
    assertThat(lenient.read(ALL, (split, row) -> {}))
        .extracting(SkippedRows::rows)
        .containsExactly(1L, 1L);
  }

  @Test
  void songsThatNobodyListensToMayBeMalformed() throws IOException {
    List<String> before = lines();
    String songs = Files.readString(folder.resolve("songs.csv"));
    String extra = Files.readString(folder.resolve("song_extra_info.csv"));
    file("songs.csv", songs + id("other") + ",1,9,A,,,Mandarin\n" + id("other") + ",1\nrest\n");
    file("song_extra_info.csv", extra + ",x,\n" + id("other") + "\n");
    assertThat(lines()).isEqualTo(before);
    file("songs.csv", songs + id("s") + ",1\n");
    assertThatThrownBy(this::lines)
        .hasMessageContaining("songs.csv, line ")
        .hasMessageContaining("expected 7 columns as in the header, found 2");
  }

  @Test
  void missingFilesAndColumnsAreNamed() throws IOException {
    file("songs.csv", "song_id,genre_ids,artist_name\n");
    assertThatThrownBy(this::lines).hasMessageContaining("songs.csv: there is no column language");
    Files.delete(folder.resolve("songs.csv"));
    assertThatThrownBy(() -> source(BadRows.FAIL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder + ": expected a folder with")
        .hasMessageContaining("found no songs.csv");
  }

  @Test
  void theSampleIsReadWhole() {
    KkBoxSource source =
        new KkBoxSource(SharedData.folder("kkbox-format-sample"), Options.defaults(1));
    Map<Split, Integer> rows = new EnumMap<>(Split.class);
    Set<String> artists = new HashSet<>();
    Set<String> countries = new HashSet<>();
    Set<String> ages = new HashSet<>();
    int[] clicks = new int[1];
    int[] withoutTab = new int[1];
    source.read(
        ALL,
        (split, row) -> {
          rows.merge(split, 1, Integer::sum);
          artists.add(row.tokens[10]);
          countries.add(String.valueOf(row.tokens[11]));
          ages.add(String.valueOf(row.tokens[12]));
          clicks[0] += (int) row.label;
          withoutTab[0] += row.tokens[2] == null ? 1 : 0;
        });
    assertThat(rows).isEqualTo(Map.of(Split.TRAIN, 16_000, Split.VALID, 2000, Split.TEST, 2000));
    assertThat(clicks[0]).isEqualTo(9358);
    assertThat(withoutTab[0]).isEqualTo(2840 + 2825); // empty and null
    assertThat(artists).contains("\u5468\u6770\u502b (Jay Chou), Live", "Artist 91^Guest 3");
    assertThat(countries).containsExactlyInAnyOrder("TW", "US", "null");
    assertThat(ages).containsExactlyInAnyOrder("null", "2", "3", "4", "5", "6");
  }
}
