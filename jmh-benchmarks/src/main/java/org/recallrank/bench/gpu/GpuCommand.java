package org.recallrank.bench.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.recallrank.bench.cases.GeneratedFolder;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.compare.Machine;
import org.recallrank.kernels.Device;
import org.recallrank.kernels.KernelSelector;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gpu.sh}: checks and measures the OpenCL backend on a device. */
@Command(
    name = "gpu.sh",
    description = {
      "KernelChecks the OpenCL kernels against double precision, then measures them beside the"
          + " SIMD",
      "kernels of this machine and the device's own limits. Prints a table and writes it as JSON."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class GpuCommand implements Callable<Integer> {
  private static final int FAILURE = 1;
  private static final int WRONG_INPUT = 2;

  @Spec private CommandSpec spec;

  @Option(names = "--list", description = "print the devices and end")
  private boolean list;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "number or part of a name (default: the first GPU, else the first device)")
  private String device;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      defaultValue = "",
      description = "checks and measurements whose name has a match, such as hamming or training")
  private String only;

  @Option(names = "--quick", description = "small sizes: to see that it works")
  private boolean quick;

  @Option(
      names = "--pool",
      paramLabel = "N",
      description = "signatures to search (default: 100000000, or what device and heap can hold)")
  private Integer pool;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "rows of a training step (default: 65536, on a CPU device 4096)")
  private Integer batch;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "rows of the generated data (default: 1000000, on a CPU device 100000)")
  private Long rows;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of the host's side (default: all processors)")
  private Integer threads;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "gpu.json",
      description = "where the JSON goes (default: ${DEFAULT-VALUE})")
  private Path out;

  private GpuCommand() {}

  /** Runs the command; the process ends with 0 for success, 2 for wrong usage, 1 otherwise. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** The same without ending the process: what the exit code would be. */
  static int run(String... arguments) {
    CommandLine command = new CommandLine(new GpuCommand());
    command.setParameterExceptionHandler(
        (e, given) -> {
          e.getCommandLine().getErr().println("gpu.sh: " + e.getMessage());
          return WRONG_INPUT;
        });
    command.setExecutionExceptionHandler(
        (e, line, given) -> {
          if (e instanceof IllegalStateException) { // says what is missing or does not fit
            line.getErr().println("gpu.sh: " + e.getMessage());
            return FAILURE;
          }
          throw e;
        });
    return command.execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    Pattern wanted = wanted();
    checkAtLeast("--pool", pool, 100);
    checkAtLeast("--batch", batch, 2);
    checkAtLeast("--rows", rows, 1000);
    checkAtLeast("--threads", threads, 1);
    if (threads == null) {
      threads = Runtime.getRuntime().availableProcessors();
    }
    List<String> devices = new KernelSelector().devices().getOrDefault("opencl", List.of());
    for (int i = 0; i < devices.size(); i++) {
      (list ? System.out : System.err).println(i + "  " + devices.get(i));
    }
    if (list && !devices.isEmpty()) {
      return 0;
    }
    GpuReport report = report(wanted);
    Files.writeString(out, report.json(), StandardCharsets.UTF_8);
    System.out.print(report.table());
    System.err.println("written: " + out);
    return report.passed() ? 0 : FAILURE;
  }

  private GpuReport report(Pattern wanted) {
    Device.Traits traits;
    Device.Ceilings limits;
    List<Check> checks = new ArrayList<>();
    try (DeviceAndHost backends = open()) {
      traits = backends.device().traits();
      System.err.println("device: " + traits.name());
      limits = backends.device().measureCeilings();
      for (Supplier<KernelCase> supplier : KernelChecks.all().toList()) {
        KernelCase operation = supplier.get();
        if (wanted.matcher(operation.name()).find()) {
          Check check = KernelChecks.check(operation, backends);
          checks.add(check);
          System.err.println(
              (check.passed() ? "right: " : "WRONG: ")
                  + check.name()
                  + (check.passed() ? "" : ": " + check.failure()));
        }
      }
    }
    Sizes sizes =
        (quick ? Sizes.quick() : traits.cpu() ? Sizes.ofCpu() : Sizes.ofGpu())
            .with(pool, batch, rows);
    List<Measured> measured = new ArrayList<>();
    measureKernels(sizes, traits, wanted, measured);
    measureTraining(sizes, wanted, measured);
    return new GpuReport(
        Machine.here("opencl"), threads, traits, limits, checks, List.copyOf(measured));
  }

  /** A context for each, so that the buffers of one are gone before the next. */
  private DeviceAndHost open() {
    return DeviceAndHost.open(device, threads);
  }

  private void measureKernels(
      Sizes sizes, Device.Traits traits, Pattern wanted, List<Measured> measured) {
    for (KernelSpeed.Planned planned : KernelSpeed.plan(sizes, fitting(sizes.pool(), traits))) {
      if (wanted.matcher(planned.name()).find()) {
        System.err.println("measuring " + planned.name());
        try (DeviceAndHost backends = open()) {
          measured.add(KernelSpeed.measure(planned.make().get(), backends, sizes.effort()));
        }
      }
    }
  }

  private void measureTraining(Sizes sizes, Pattern wanted, List<Measured> measured) {
    List<String> enrichers =
        List.of("none", "rar").stream()
            .filter(e -> wanted.matcher(TrainingSpeed.name(e)).find())
            .toList();
    if (enrichers.isEmpty()) {
      return;
    }
    try (GeneratedFolder world = GeneratedFolder.create(sizes.rows())) {
      for (String enrich : enrichers) {
        System.err.println("measuring " + TrainingSpeed.name(enrich));
        try (DeviceAndHost backends = open()) {
          measured.add(TrainingSpeed.measure(world, enrich, sizes, backends));
        }
      }
    }
  }

  /** As many signatures of 64 bits as both sides can hold. */
  private static int fitting(int wanted, Device.Traits traits) {
    long ofDevice = Math.min(traits.largestArray(), traits.memory() / (traits.cpu() ? 4 : 2));
    long bytes = Math.min(ofDevice, Runtime.getRuntime().maxMemory() / 2);
    int fitting = (int) Math.min(wanted, bytes / Long.BYTES);
    if (fitting < wanted) {
      System.err.println(
          "pool: " + fitting + " signatures instead of " + wanted + ": more do not fit");
    }
    return fitting;
  }

  private Pattern wanted() {
    try {
      return Pattern.compile(only);
    } catch (PatternSyntaxException e) {
      throw wrong("--only: not a regular expression: " + e.getDescription() + ": " + only);
    }
  }

  private void checkAtLeast(String option, Number found, int least) {
    if (found != null && found.longValue() < least) {
      throw wrong(option + ": expected at least " + least + ", found " + found);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
