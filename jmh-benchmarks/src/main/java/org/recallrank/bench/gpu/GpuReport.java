package org.recallrank.bench.gpu;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.recallrank.bench.compare.HumanNumbers;
import org.recallrank.bench.compare.Machine;
import org.recallrank.bench.compare.Quartiles;
import org.recallrank.bench.compare.ReportJson;
import org.recallrank.bench.compare.TextTable;
import org.recallrank.kernels.Device;
import org.recallrank.model.files.Json;

/**
 * All that was seen of a device.
 *
 * @param threads of the host's side
 */
record GpuReport(
    Machine machine,
    int threads,
    Device.Traits device,
    Device.Ceilings limits,
    List<Check> checks,
    List<Measured> rows) {
  private static final int FORMAT = 1;

  boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }

  /** For a terminal. */
  String table() {
    StringBuilder text = new StringBuilder();
    text.append("device  ")
        .append(device.name())
        .append(": ")
        .append(HumanNumbers.prefixed(limits.flops(), "FLOP/s"))
        .append(" from registers (float, no matrix units), copies ")
        .append(HumanNumbers.prefixed(limits.copyBytes(), "B/s"))
        .append('\n')
        .append("host    ")
        .append(machine.cpu())
        .append(", SIMD on ")
        .append(threads)
        .append(threads == 1 ? " thread\n" : " threads\n");
    long passed = checks.stream().filter(Check::passed).count();
    TreeSet<String> kernels = new TreeSet<>();
    checks.forEach(c -> kernels.addAll(c.kernels()));
    text.append("checks  ")
        .append(passed + " of " + checks.size())
        .append(" passed; kernels: ")
        .append(String.join(", ", kernels))
        .append('\n');
    for (Check check : checks) {
      if (!check.passed()) {
        text.append("FAILED  ")
            .append(check.name())
            .append(": ")
            .append(check.failure())
            .append('\n');
      }
    }
    List<String[]> lines = new ArrayList<>();
    lines.add(
        new String[] {
          "work", "on the device", "of its limit", "whole call", "SIMD", "call : SIMD", ""
        });
    for (Measured row : rows) {
      boolean timed = !Double.isNaN(row.deviceSeconds());
      lines.add(
          new String[] {
            row.name(),
            timed ? speed(row, row.deviceSeconds()) : "",
            HumanNumbers.percent(row.shareOfLimit(limits)),
            speed(row, row.callSeconds()),
            speed(row, row.simdSeconds()),
            HumanNumbers.digits(row.ratio().median()),
            row.note() == null ? "" : row.note()
          });
    }
    return text.append('\n').append(TextTable.of(lines)).toString();
  }

  private static String speed(Measured row, double seconds) {
    return HumanNumbers.prefixed(row.rate(seconds), row.unit());
  }

  /** Times in seconds per run, rates per second, sizes in bytes. */
  String json() {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.add("machine", ReportJson.machine(machine));
    json.addProperty("threads", threads);
    JsonObject about = new JsonObject();
    about.addProperty("name", device.name());
    about.addProperty("cpu", device.cpu());
    about.addProperty("memory", device.memory());
    about.addProperty("largestArray", device.largestArray());
    about.addProperty("flopsPerSecond", limits.flops());
    about.addProperty("copyBytesPerSecond", limits.copyBytes());
    json.add("device", about);
    JsonArray all = new JsonArray();
    checks.forEach(c -> all.add(json(c)));
    json.add("checks", all);
    JsonArray measured = new JsonArray();
    rows.forEach(r -> measured.add(json(r)));
    json.add("rows", measured);
    return Json.pretty(json);
  }

  private static JsonObject json(Check check) {
    JsonObject json = new JsonObject();
    json.addProperty("case", check.name());
    JsonArray kernels = new JsonArray();
    check.kernels().forEach(kernels::add);
    json.add("kernels", kernels);
    json.addProperty("failure", check.failure());
    return json;
  }

  private JsonObject json(Measured row) {
    JsonObject json = new JsonObject();
    json.addProperty("case", row.name());
    json.addProperty("unit", row.unit());
    json.add("deviceSeconds", Json.number(row.deviceSeconds()));
    json.add("deviceRate", Json.number(row.rate(row.deviceSeconds())));
    json.add("shareOfLimit", Json.number(row.shareOfLimit(limits)));
    json.addProperty("callSeconds", row.callSeconds());
    json.addProperty("callRate", row.rate(row.callSeconds()));
    json.addProperty("simdSeconds", row.simdSeconds());
    json.addProperty("simdRate", row.rate(row.simdSeconds()));
    Quartiles ratio = row.ratio();
    json.addProperty("ratio", ratio.median());
    json.addProperty("ratioLowerQuartile", ratio.lower());
    json.addProperty("ratioUpperQuartile", ratio.upper());
    json.addProperty("note", row.note());
    return json;
  }
}
