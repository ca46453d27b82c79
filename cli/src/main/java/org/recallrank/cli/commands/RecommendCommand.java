package org.recallrank.cli.commands;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.recallrank.cli.options.ComputeOptions;
import org.recallrank.cli.recommend.Candidates;
import org.recallrank.cli.recommend.Recommendations;
import org.recallrank.cli.recommend.Recommender;
import org.recallrank.cli.recommend.SeenItems;
import org.recallrank.kernels.Workers;
import org.recallrank.model.files.AtomicFile;
import org.recallrank.model.io.DataException;
import org.recallrank.model.serve.Ranker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code recallrank recommend}: the best items for each of many users. */
@Command(
    name = "recommend",
    description = "Lists the items with the largest click probabilities for each user of a file.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class RecommendCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ComputeOptions compute;

  @Option(names = "--run", required = true, description = "the run folder")
  private Path run;

  @Option(
      names = "--users",
      required = true,
      paramLabel = "FILE",
      description =
          "CSV file with the user field of the run; columns named as other fields of user or"
              + " context give their values. A list for each row")
  private Path users;

  @Option(
      names = "--top",
      defaultValue = "20",
      paramLabel = "N",
      description = "items of a list at most (default: ${DEFAULT-VALUE})")
  private int top;

  @Option(
      names = "--candidates",
      paramLabel = "pool|all|FILE",
      description =
          "recall items of the user, all items of the run, or those of a file: CSV with the item"
              + " field of the run and perhaps other item fields, or one id a line (default: pool"
              + " if the run has pools, else all)")
  private String candidates;

  @Option(
      names = "--context",
      split = ",",
      paramLabel = "FIELD=VALUE",
      description = "value of a context field for all users; may be given many times")
  private List<String> context = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "FILE",
      description = "CSV file with the user and the item field: pairs not to be recommended")
  private Path exclude;

  @Option(
      names = "--out",
      required = true,
      description = "CSV file to write: user, rank (from 1), item, probability")
  private Path out;

  @Override
  public Integer call() {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top: expected at least 1, found " + top);
    }
    long[] rows = new long[1];
    long[] lists = new long[1];
    try (Workers workers = Workers.create(compute.threads());
        Ranker ranker = compute.ranker(run, 1);
        Progress progress = new Progress(false)) {
      Recommender.check(run, ranker.encoding().schema());
      Recommender recommender =
          new Recommender(
              ranker,
              Candidates.of(candidates, ranker),
              exclude == null
                  ? SeenItems.none()
                  : SeenItems.read(exclude, ranker.encoding().schema()),
              top);
      Map<String, String> values = values();
      AtomicFile.write(
          out,
          stream -> {
            CsvWriter csv =
                CsvWriter.builder()
                    .lineDelimiter(LineDelimiter.LF)
                    .build(stream, StandardCharsets.UTF_8);
            csv.writeRecord("user", "rank", "item", "probability");
            lists[0] =
                recommender.run(
                    users,
                    values,
                    workers,
                    list -> {
                      rows[0] += write(csv, list);
                      progress.count("users");
                    });
            csv.flush();
          });
    }
    System.out.printf("%,d items for %,d rows of users into %s%n", rows[0], lists[0], out);
    return 0;
  }

  private static int write(CsvWriter csv, Recommendations list) {
    int rank = 0;
    for (Recommendations.Item item : list.items()) {
      csv.writeRecord(
          list.user(), String.valueOf(++rank), item.id(), String.valueOf(item.probability()));
    }
    return rank;
  }

  private Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String assignment : context) {
      int equals = assignment.indexOf('=');
      if (equals < 1) {
        throw new DataException("--context: expected FIELD=VALUE, found \"" + assignment + "\"");
      }
      String field = assignment.substring(0, equals).strip();
      String before = values.put(field, assignment.substring(equals + 1));
      if (before != null) {
        throw new DataException(
            "--context "
                + field
                + ": expected one value, found two: \""
                + before
                + "\" and \""
                + values.get(field)
                + "\"");
      }
    }
    return values;
  }
}
