package org.recallrank.bench.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.bench.ceilings.Ceilings;
import org.recallrank.bench.peers.FaissPeer;
import org.recallrank.bench.peers.OneDnn;
import org.recallrank.bench.peers.OpenBlas;
import org.recallrank.bench.peers.Peer;
import org.recallrank.bench.peers.Python;
import org.recallrank.bench.peers.SgemmPeer;
import org.recallrank.bench.peers.TorchPeer;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Workers;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code recallrank bench}: the comparison with peers, as table, JSON and page. */
@Command(
    name = "recallrank bench",
    description = {
      "Times each operation beside the peers that this machine has, in turns.",
      "Writes comparison.json and index.html, and prints a table."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class BenchCommand implements Callable<Integer> {
  private static final int FAILURE = 1;
  private static final int WRONG_INPUT = 2;

  /** Floats of each array whose streaming is timed: together 400 MB, more than any cache. */
  private static final int BIG = 1 << 25;

  private static final int BIG_WHEN_QUICK = 1 << 23;

  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "cases whose name has a match (see --list)")
  private String only;

  @Option(names = "--list", description = "print the names of the cases and end")
  private boolean list;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "numbers of threads, each a run of its own (default: 1 and all processors)")
  private List<Integer> threads;

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      description = "scalar or simd (default: the fastest that works here)")
  private String kernels;

  @Option(
      names = "--quick",
      description = "1 s of warm-up and 5 rounds instead of 4 s and 15: to see that it works")
  private boolean quick;

  @Option(
      names = "--no-ceilings",
      description = "leave out peak and bandwidth of this machine, and with them the roofline")
  private boolean noCeilings;

  @Option(
      names = "--peers",
      description = "also ND4J, EJML, netlib and onnxruntime, which the launcher then builds in")
  private boolean peers;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      description = "Python with faiss and PyTorch (default: /usr/bin/python3, else python3)")
  private String python;

  @Option(
      names = "--pytorch-peer",
      paramLabel = "FILE",
      description = "a PyTorch program that trains the same models, for rows/s; needs --data")
  private Path pytorchPeer;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "train.csv, valid.csv, test.csv with columns label, user, item, another")
  private Path data;

  @Option(
      names = "--jmh",
      paramLabel = "REGEX",
      arity = "0..1",
      fallbackValue = ".*",
      description = "also the JMH benchmarks with such a name (all), into jmh.json")
  private String jmh;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      defaultValue = "bench",
      description = "where the files go (default: ${DEFAULT-VALUE})")
  private Path out;

  private BenchCommand() {}

  /** Runs the command; the process ends with 0 for success, 2 for wrong usage, 1 otherwise. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** The same without ending the process: what the exit code would be. */
  static int run(String... arguments) {
    CommandLine command = new CommandLine(new BenchCommand());
    command.setParameterExceptionHandler(
        (e, given) -> {
          PrintWriter err = e.getCommandLine().getErr();
          err.println("recallrank bench: " + e.getMessage());
          UnmatchedArgumentException.printSuggestions(e, err);
          err.println("see recallrank bench --help");
          return WRONG_INPUT;
        });
    return command.execute(arguments);
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    Pattern wanted = pattern("--only", only == null ? "" : only);
    if (jmh != null) {
      pattern("--jmh", jmh);
    }
    List<Suite.Group> suite = Suite.all();
    List<String> names =
        Stream.concat(
                suite.stream().flatMap(g -> g.cases().stream()).map(c -> c.get().name()),
                TrainingComparison.names().stream())
            .toList();
    if (list) {
      names.forEach(System.out::println);
      return 0;
    }
    checkOptions();
    if (names.stream().noneMatch(n -> wanted.matcher(n).find())) {
      throw wrong("--only " + only + ": expected a match in one of " + names + ", found none");
    }
    Files.createDirectories(out);
    Report report = compare(suite, wanted);
    Files.writeString(
        out.resolve("comparison.json"), ReportJson.of(report), StandardCharsets.UTF_8);
    Files.writeString(out.resolve("index.html"), RatioPage.of(report), StandardCharsets.UTF_8);
    if (jmh != null) {
      JmhRun.run(jmh, quick, out.resolve("jmh.json"));
    }
    System.out.print(ReportTable.of(report));
    System.err.println(
        "written: " + out.resolve("index.html") + ", " + out.resolve("comparison.json"));
    return report.rows().stream().anyMatch(BenchCommand::isFailure) ? FAILURE : 0;
  }

  /** A peer that is not here is none; one that failed or was wrong is. */
  private static boolean isFailure(Row row) {
    return row.note() != null
        && (row.note().startsWith("failed: ") || row.note().startsWith("wrong: "));
  }

  private Report compare(List<Suite.Group> suite, Pattern wanted) {
    Duel.Effort effort = quick ? new Duel.Effort(1, 5, 0.02) : new Duel.Effort(4, 15, 0.05);
    Python interpreter = python == null ? Python.ofSystem() : new Python(python);
    List<Peer> found = peers(interpreter);
    Comparison comparison = new Comparison(found, effort, BenchCommand::say);
    List<Ceilings> ceilings = new ArrayList<>();
    String backend = null;
    for (int n : threads) {
      try (Workers workers = Workers.create(n)) {
        KernelSelector.Selection selection = select(workers);
        backend = selection.explanation().split(", ")[0];
        System.err.println(selection.explanation());
        if (!noCeilings) {
          System.err.println("measuring peak and bandwidth with " + n + " of the processors");
          ceilings.add(Ceilings.measure(workers, quick ? 2 : 4, quick ? BIG_WHEN_QUICK : BIG));
        }
        Kernels ours = selection.kernels();
        comparison.run(suite, name -> wanted.matcher(name).find(), n, ours);
        new TrainingComparison(interpreter, pytorchPeer, data, quick ? 1 : 3, comparison::add)
            .run(name -> wanted.matcher(name).find(), n, ours);
      }
    }
    return new Report(Machine.here(backend), effort, ceilings, comparison.rows());
  }

  private KernelSelector.Selection select(Workers workers) {
    try {
      return new KernelSelector().select(kernels, workers);
    } catch (IllegalStateException e) {
      throw wrong("--kernels: " + e.getMessage());
    }
  }

  private List<Peer> peers(Python interpreter) {
    List<Peer> found = new ArrayList<>();
    found.add(SgemmPeer.of("OpenBLAS", OpenBlas.find()));
    found.add(SgemmPeer.of("oneDNN", OneDnn.find()));
    found.add(FaissPeer.find(interpreter));
    found.add(TorchPeer.find(interpreter));
    List<Peer> builtIn =
        ServiceLoader.load(Peer.class).stream().map(ServiceLoader.Provider::get).toList();
    if (builtIn.isEmpty()) {
      if (peers) {
        throw wrong("--peers: this jar was built without them (mvn -Ppeers, or the launcher)");
      }
      String reason = "not in this build; give --peers";
      for (String name : List.of("ND4J", "EJML", "netlib")) {
        found.add(new Peer.Missing(name, reason, GemmCase.class));
      }
      found.add(new Peer.Missing("onnxruntime", reason, ScoringCase.class));
    }
    found.addAll(builtIn);
    for (Peer peer : found) {
      System.err.println(
          "peer: " + peer.name() + (peer.missing() == null ? "" : ", missing: " + peer.missing()));
    }
    return found;
  }

  private static void say(Row row) {
    String what =
        row.operation() + ", " + row.threads() + (row.threads() == 1 ? " thread" : " threads");
    if (row.isCompared()) {
      Quartiles ratio = row.ratio();
      System.err.printf(
          Locale.ROOT,
          "%s: %s; %s %s; ratio %s%n",
          what,
          HumanNumbers.ours(row),
          row.peer(),
          HumanNumbers.theirs(row),
          HumanNumbers.digits(ratio.median()));
    } else {
      System.err.println(
          what
              + ": "
              + (row.isMeasured() ? HumanNumbers.ours(row) : row.peer() + ": " + row.note()));
    }
  }

  private void checkOptions() {
    int processors = Runtime.getRuntime().availableProcessors();
    if (threads == null) {
      threads = processors == 1 ? List.of(1) : List.of(1, processors);
    }
    for (int n : threads) {
      if (n < 1) {
        throw wrong("--threads: expected numbers of at least 1, found " + n);
      }
    }
    if ((pytorchPeer == null) != (data == null)) {
      throw wrong("--pytorch-peer and --data go together");
    }
    if (pytorchPeer != null && !Files.isReadable(pytorchPeer)) {
      throw wrong("--pytorch-peer: there is no readable file " + pytorchPeer);
    }
    if (data != null) {
      for (String name : List.of("train.csv", "valid.csv", "test.csv")) {
        if (!Files.isReadable(data.resolve(name))) {
          throw wrong("--data: there is no readable file " + data.resolve(name));
        }
      }
    }
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw wrong("--out: expected a folder, found a file: " + out);
    }
  }

  private Pattern pattern(String option, String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw wrong(option + ": not a regular expression: " + e.getDescription() + ": " + regex);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
