package org.recallrank.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.concurrent.Callable;
import org.recallrank.kernels.KernelSelector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recallrank info}: what this machine offers. */
@Command(
    name = "info",
    description = "Lists the backends with the reason for each, threads and the JVM.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Override
  public Integer call() {
    int threads = Runtime.getRuntime().availableProcessors();
    long memory = Runtime.getRuntime().maxMemory() >> 20;
    String jvm =
        System.getProperty("java.vm.name")
            + " "
            + System.getProperty("java.vm.version")
            + ", "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch");
    KernelSelector selector = new KernelSelector();
    if (json) {
      JsonObject result = new JsonObject();
      JsonArray backends = new JsonArray();
      for (KernelSelector.Candidate c : selector.candidates()) {
        JsonObject backend = new JsonObject();
        backend.addProperty("name", c.name());
        backend.addProperty("available", c.available());
        backend.addProperty("detail", c.detail());
        backends.add(backend);
      }
      result.add("backends", backends);
      result.addProperty("threads", threads);
      result.addProperty("maxHeapMiB", memory);
      result.addProperty("jvm", jvm);
      System.out.print(RunFolder.pretty(result));
      return 0;
    }
    System.out.println("Backends, the first that works is taken:");
    for (KernelSelector.Candidate c : selector.candidates()) {
      System.out.printf("  %-8s %-4s %s%n", c.name(), c.available() ? "ok" : "no", c.detail());
    }
    System.out.printf(
        "Threads   %d%nHeap      %,d MiB at most%nJVM       %s%n", threads, memory, jvm);
    return 0;
  }
}
