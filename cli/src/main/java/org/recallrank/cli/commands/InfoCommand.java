package org.recallrank.cli.commands;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.model.config.Settings.Setting;
import org.recallrank.model.files.Json;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.model.serve.SavedModel;
import org.recallrank.training.train.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code recallrank info}: what this machine offers, or what a run is. */
@Command(
    name = "info",
    description =
        "Lists the backends with the reason for each, threads and the JVM; or what a run is.",
    mixinStandardHelpOptions = true)
public final class InfoCommand implements Callable<Integer> {
  @Option(names = "--json", description = "for machines")
  private boolean json;

  @Option(
      names = "--run",
      description = "a run folder: its model, fields, weights and settings instead")
  private Path run;

  @Override
  public Integer call() {
    if (run != null) {
      print(SavedModel.load(run));
      return 0;
    }
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
      JsonObject devices = new JsonObject();
      selector
          .devices()
          .forEach(
              (backend, found) -> {
                JsonArray list = new JsonArray();
                found.forEach(list::add);
                devices.add(backend, list);
              });
      result.add("devices", devices);
      result.addProperty("threads", threads);
      result.addProperty("maxHeapMiB", memory);
      result.addProperty("jvm", jvm);
      System.out.print(Json.pretty(result));
      return 0;
    }
    System.out.println("Backends, the first that works is taken (opencl on request only):");
    for (KernelSelector.Candidate c : selector.candidates()) {
      System.out.printf("  %-8s %-4s %s%n", c.name(), c.available() ? "ok" : "no", c.detail());
    }
    selector.devices().forEach(InfoCommand::print);
    System.out.printf(
        "Threads   %d%nHeap      %,d MiB at most%nJVM       %s%n", threads, memory, jvm);
    return 0;
  }

  private static void print(String backend, List<String> devices) {
    System.out.printf("Devices of %s, for --device:%n", backend);
    for (int i = 0; i < devices.size(); i++) {
      System.out.printf("  %-3d %s%n", i, devices.get(i));
    }
  }

  private void print(SavedModel saved) {
    Schema schema = saved.encoding().schema();
    Weights weights = Weights.of(saved.model().parameters());
    if (json) {
      JsonObject result = new JsonObject();
      result.addProperty("model", saved.spec().model());
      result.addProperty("enrich", saved.spec().enrich());
      result.addProperty("label", saved.label());
      JsonArray fields = new JsonArray();
      for (Field f : schema.fields()) {
        JsonObject field = new JsonObject();
        field.addProperty("name", f.name());
        field.addProperty("type", lower(f.type()));
        field.addProperty("role", lower(f.role()));
        field.addProperty("rows", f.vocabularySize());
        field.addProperty("maxLength", f.maxLength());
        fields.add(field);
      }
      result.add("fields", fields);
      result.addProperty("tensors", weights.total().tensors());
      result.addProperty("numbers", weights.total().numbers());
      result.add("settings", Json.object(saved.settings()));
      System.out.print(Json.pretty(result));
      return;
    }
    System.out.printf(
        "Model     %s, enricher %s, label %s%nFields%n",
        saved.spec().model(), saved.spec().enrich(), saved.label());
    for (Field f : schema.fields()) {
      System.out.printf(
          "  %-24s %-12s %-8s%s%n",
          f.name(),
          lower(f.type()),
          lower(f.role()),
          f.vocabularySize() == 0 ? "" : " %,d rows".formatted(f.vocabularySize()));
    }
    System.out.printf("Weights%n%sSettings other than the defaults%n", weights.table());
    for (Setting s : TrainingSpec.of(saved).settings().asked()) {
      if (!s.value().equals(s.defaultValue())) {
        System.out.printf("  %-26s %s%n", s.key(), s.value());
      }
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
