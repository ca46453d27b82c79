package org.recallrank.training.source.movielens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Column;
import org.recallrank.training.source.BadRows;
import org.recallrank.training.source.SharedData;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.TestSource;
import org.recallrank.training.source.movielens.MovieLensRatingsSource.Options;

class MovieLensRatingsSourceTest {
  private static final Set<Split> ALL = EnumSet.allOf(Split.class);

  /** All rows train, so that their order is that of the file. */
  private static final Options ALL_TRAIN =
      new Options(4, new SplitRatios(1, 0, 0), 1, BadRows.FAIL);

  @TempDir Path folder;

  private void file(String name, String content) throws IOException {
    Files.write(folder.resolve(name), content.getBytes(StandardCharsets.ISO_8859_1));
  }

  private MovieLensRatingsSource source() {
    return new MovieLensRatingsSource(folder, ALL_TRAIN);
  }

  @Test
  void movieLens100k() throws IOException {
    file("u.data", "5\t31\t3\t1234\n7\t1\t4\t1\n7\t99\t5\t1\n");
    file("u.user", "5|49|M|baker|98765\n7|17|F|farmer|V1A2B\n");
    String none = "|0".repeat(19);
    file(
        "u.item",
        "31|Nothing (1996)|24-Jan-1997||http://x"
            + none
            + "\n"
            + "1|Caf\u00e9 | Bar (1995)|01-Jan-1995||http://x|0|0|0|1|1"
            + "|0".repeat(14)
            + "\n"
            + "9|unknown|||"
            + "|1"
            + "|0".repeat(18)
            + "\n");
    file(
        "u.genre",
        "unknown|0\np|1\nq|2\nred|3\nsea's|4\n"
            + "a|5\nb|6\nc|7\nd|8\ne|9\nf|10\ng|11\nh|12\ni|13\nj|14\nk|15\nl|16\nm|17\nn|18\n\n");
    MovieLensRatingsSource source = source();
    assertThat(source.columns().list())
        .extracting(Column::name)
        .containsExactly(
            "user_id", "age", "gender", "occupation", "zip", "item_id", "genres", "year");
    assertThat(source.columns().item()).isEqualTo(5);
    assertThat(TestSource.lines(source, ALL))
        .containsExactly(
            "train 5|45|M|baker|9|31||1997 0.0",
            "train 7|1|F|farmer|V|1|red^sea's|1995 1.0",
            "train 7|1|F|farmer|V|99|null|null 1.0");
  }

  @Test
  void movieLens1m() throws IOException {
    file("ratings.dat", "1::77::5::1234\n1::2::3.5::1\n");
    file("users.dat", "1::F::56::10::43210\n");
    file("movies.dat", "77::Some: Thing::x (1975)::Drama\n2::Th\u00e9 (1995)::A|B|C\n");
    assertThat(TestSource.lines(source(), ALL))
        .containsExactly(
            "train 1|56|F|10|4|77|Drama|1975 1.0", "train 1|56|F|10|4|2|A^B^C|1995 0.0");
  }

  @Test
  void laterReleasesAreCsvAndMayLackMovies() throws IOException {
    file("ratings.csv", "userId,movieId,rating,timestamp\r\n1,20,4.0,1\r\n1,21,3.5,1\r\n");
    assertThat(source().columns().list())
        .extracting(Column::name)
        .containsExactly("user_id", "item_id");
    assertThat(TestSource.lines(source(), ALL)).containsExactly("train 1|20 1.0", "train 1|21 0.0");
    file(
        "movies.csv",
        "movieId,title,genres\n20,\"This, That (1994)\",A|B\n21,X,(no genres listed)\n");
    assertThat(TestSource.lines(source(), ALL))
        .containsExactly("train 1|20|A^B|1994 1.0", "train 1|21|| 0.0");
  }

  @Test
  void theThresholdDecidesWhatIsAClick() throws IOException {
    file("ratings.csv", "userId,movieId,rating,timestamp\n1,1,3.5,1\n1,2,3,1\n");
    Options options = new Options(3.5, new SplitRatios(1, 0, 0), 1, BadRows.FAIL);
    assertThat(TestSource.lines(new MovieLensRatingsSource(folder, options), ALL))
        .containsExactly("train 1|1 1.0", "train 1|2 0.0");
  }

  @Test
  void malformedLinesAreErrorsOrSkipped() throws IOException {
    for (String bad : List.of("1\t2\t3", "1\t2\tx\t4", "a\t2\t3\t4", "1\t2\t3\t4\t5", "1 2 3 4")) {
      file("u.data", "1\t1\t5\t1\n" + bad + "\n1\t3\t1\t1\n");
      assertThatThrownBy(() -> TestSource.lines(source(), ALL))
          .as(bad)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("u.data, line 2: ");
      Options lenient = new Options(4, new SplitRatios(1, 0, 0), 1, new BadRows(1));
      assertThat(TestSource.lines(new MovieLensRatingsSource(folder, lenient), ALL))
          .containsExactly("train 1|1 1.0", "train 1|3 0.0");
    }
  }

  /** An error of whoever takes the rows is no malformed row. */
  @Test
  void errorsOfTheSinkAreNotSkipped() throws IOException {
    file("u.data", "1\t1\t5\t1\n");
    Options lenient = new Options(4, new SplitRatios(1, 0, 0), 1, new BadRows(9));
    assertThatThrownBy(
            () ->
                new MovieLensRatingsSource(folder, lenient)
                    .read(
                        ALL,
                        (split, row) -> {
                          throw new DataException("disk full");
                        }))
        .hasMessage("disk full");
  }

  @Test
  void foldersWithoutRatingsAreErrorsThatSayWhatWasLookedFor() {
    assertThatThrownBy(this::source)
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder
                + ": expected one of [u.data, ratings.dat, ratings.csv] in this folder, found"
                + " none");
  }

  @Test
  void movieLens100kIsReadWhole() {
    MovieLensRatingsSource source =
        new MovieLensRatingsSource(SharedData.folder("ml-100k"), Options.defaults(1));
    Map<Split, Integer> rows = new EnumMap<>(Split.class);
    Set<String> users = new HashSet<>();
    Set<String> items = new HashSet<>();
    Set<String> occupations = new HashSet<>();
    int[] clicks = new int[1];
    source.read(
        ALL,
        (split, row) -> {
          rows.merge(split, 1, Integer::sum);
          users.add(row.tokens[0]);
          occupations.add(row.tokens[3]);
          items.add(row.tokens[5]);
          clicks[0] += (int) row.label;
        });
    assertThat(rows)
        .isEqualTo(Map.of(Split.TRAIN, 80_000, Split.VALID, 10_000, Split.TEST, 10_000));
    assertThat(users).hasSize(943); // u.info
    assertThat(items).hasSize(1682);
    assertThat(occupations).hasSize(21); // u.occupation
    assertThat(clicks[0]).isEqualTo(55_375); // ratings of 4 and 5: 34174 + 21201
  }
}
