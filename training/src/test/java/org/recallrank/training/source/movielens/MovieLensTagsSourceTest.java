package org.recallrank.training.source.movielens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.tensor.CounterRandom;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.DataSource;
import org.recallrank.training.source.SharedData;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.TestSource;
import org.recallrank.training.source.movielens.MovieLensTagsSource.Options;

class MovieLensTagsSourceTest {
  private static final Set<Split> ALL = EnumSet.allOf(Split.class);

  @TempDir Path folder;

  private MovieLensTagsSource source(String name, String content, Options options)
      throws IOException {
    Files.writeString(folder.resolve(name), content);
    return new MovieLensTagsSource(folder, options);
  }

  private static Options withNegatives(int negatives, long seed) {
    return new Options(negatives, new SplitRatios(7, 2, 1), seed, BadRows.FAIL);
  }

  /** The rows without their split, sorted. */
  private static List<String> rows(DataSource source) {
    return TestSource.lines(source, ALL).stream()
        .map(l -> l.substring(l.indexOf(' ') + 1))
        .sorted()
        .toList();
  }

  @Test
  void tagsMayHoldAlmostAnything() throws IOException {
    String lines =
        "1::10::plain::100\n"
            + "1::10:: Plain ::101\r\n" // the same tag again
            + "1::11::a::b::100\n"
            + "1::12:::-)::100\n"
            + "1::13::smile:::100\n"
            + "1::14::\"quo,ted\"::100\n"
            + "1::15::\u00c9t\u00e9 \u5468::100\n"
            + "1::16::::100\n" // empty
            + "1::17:: \u00a0 ::100\n" // blank
            + "2::10::plain::100";
    MovieLensTagsSource source = source("tags.dat", lines, withNegatives(0, 1));
    assertThat(rows(source))
        .containsExactly(
            "1|10|plain 1.0",
            "1|11|a::b 1.0",
            "1|12|:-) 1.0",
            "1|13|smile: 1.0",
            "1|14|\"quo,ted\" 1.0",
            "1|15|\u00e9t\u00e9 \u5468 1.0",
            "2|10|plain 1.0");
    assertThat(source.emptyTags()).isEqualTo(2);
  }

  @Test
  void laterReleasesAreCsv() throws IOException {
    String lines =
        "userId,movieId,tag,timestamp\n1,10,\"Say \"\"hi\"\", you\",100\n2,11,,100\n3,11,x,100\n";
    MovieLensTagsSource source = source("tags.csv", lines, withNegatives(0, 1));
    assertThat(rows(source)).containsExactly("1|10|say \"hi\", you 1.0", "3|11|x 1.0");
    assertThat(source.emptyTags()).isEqualTo(1);
  }

  @Test
  void negativesAreTagsThatTheUserDidNotPutOnTheMovie() throws IOException {
    StringBuilder lines = new StringBuilder();
    Set<String> observed = new HashSet<>();
    CounterRandom random = new CounterRandom(1);
    for (int i = 0; i < 300; i++) {
      String user = String.valueOf(random.below(5));
      String movie = String.valueOf(random.below(6));
      String tag = "t" + random.below(120);
      lines.append(user).append("::").append(movie).append("::").append(tag).append("::1\n");
      observed.add(user + "|" + movie + "|" + tag);
    }
    MovieLensTagsSource source = source("tags.dat", lines.toString(), withNegatives(2, 3));
    List<String> rows = rows(source);
    assertThat(rows).hasSize(3 * observed.size());
    List<String> clicks = new ArrayList<>();
    Set<String> triples = new HashSet<>();
    for (String row : rows) {
      String triple = row.substring(0, row.indexOf(' '));
      assertThat(triples.add(triple)).as(triple).isTrue();
      if (row.endsWith(" 1.0")) {
        clicks.add(triple);
      }
    }
    assertThat(clicks).containsExactlyInAnyOrderElementsOf(observed);
    assertThat(TestSource.lines(source, ALL))
        .isEqualTo(TestSource.lines(source("tags.dat", lines.toString(), withNegatives(2, 3)), ALL))
        .isNotEqualTo(
            TestSource.lines(source("tags.dat", lines.toString(), withNegatives(2, 4)), ALL));
  }

  @Test
  void tooFewTagsToDrawFromAreAnError() throws IOException {
    MovieLensTagsSource source =
        source("tags.dat", "1::1::a::1\n1::1::b::1\n", withNegatives(1, 1));
    assertThatThrownBy(() -> rows(source))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the 2 different tags are too few to draw 1 others");
  }

  @Test
  void malformedLinesAreErrorsOrSkipped() throws IOException {
    for (String bad :
        List.of(
            "1::2::x",
            "1::2",
            "",
            "x::2::t::1",
            "1::y::t::1",
            "1::2::t::z",
            "1::2::::",
            "1:2:t:1")) {
      String lines = "1::1::a::1\n" + (bad.isEmpty() ? "::" : bad) + "\n2::1::b::1\n";
      MovieLensTagsSource source = source("tags.dat", lines, withNegatives(0, 1));
      assertThatThrownBy(() -> rows(source))
          .as(bad)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("tags.dat, line 2: ");
      Options lenient = new Options(0, new SplitRatios(7, 2, 1), 1, new BadRows(1));
      MovieLensTagsSource skipping = source("tags.dat", lines, lenient);
      assertThat(rows(skipping)).containsExactly("1|1|a 1.0", "2|1|b 1.0");
      assertThat(skipping.read(ALL, (split, row) -> {}).get(0).rows()).isEqualTo(1);
    }
  }

  @Test
  void foldersWithoutTagsAreErrorsThatSayWhatWasLookedFor() throws IOException {
    assertThatThrownBy(() -> new MovieLensTagsSource(folder, Options.defaults(1)))
        .isInstanceOf(DataException.class)
        .hasMessage(folder + ": expected one of [tags.dat, tags.csv] in this folder, found none");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> new MovieLensTagsSource(missing, Options.defaults(1)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            missing + ": expected a folder with one of [tags.dat, tags.csv], found nothing");
    assertThatThrownBy(() -> rows(source("tags.dat", "", Options.defaults(1))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("found an empty file");
  }

  /** The counts are those of the ready set that was made from the same file. */
  @Test
  void theTagsOfMovieLens10mGiveTheKnownCounts() {
    MovieLensTagsSource source =
        new MovieLensTagsSource(SharedData.folder("ml-10m"), Options.defaults(1));
    Map<Split, Integer> rows = new EnumMap<>(Split.class);
    int[] clicks = new int[1];
    List<Set<String>> distinct = List.of(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    source.read(
        ALL,
        (split, row) -> {
          rows.merge(split, 1, Integer::sum);
          clicks[0] += (int) row.label;
          for (int c = 0; c < 3; c++) {
            distinct.get(c).add(row.tokens[c]);
          }
        });
    assertThat(rows)
        .isEqualTo(Map.of(Split.TRAIN, 200_705, Split.VALID, 57_344, Split.TEST, 28_673));
    assertThat(clicks[0]).isEqualTo(95_574);
    assertThat(distinct).extracting(Set::size).containsExactly(4009, 7601, 15_238);
    assertThat(source.emptyTags()).isEqualTo(6);
  }
}
