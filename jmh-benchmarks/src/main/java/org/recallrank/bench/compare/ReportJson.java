package org.recallrank.bench.compare;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import org.recallrank.bench.ceilings.Ceilings;
import org.recallrank.model.files.Json;

/** {@code comparison.json}: times in seconds per run, rates per second, sizes in bytes. */
public final class ReportJson {
  private static final int FORMAT = 1;

  private ReportJson() {}

  static String of(Report report) {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.add("machine", machine(report.machine()));
    JsonObject effort = new JsonObject();
    effort.addProperty("warmUpSeconds", report.effort().warmUpSeconds());
    effort.addProperty("rounds", report.effort().rounds());
    effort.addProperty("roundSeconds", report.effort().roundSeconds());
    json.add("effort", effort);
    JsonArray ceilings = new JsonArray();
    report.ceilings().forEach(c -> ceilings.add(ceilings(c)));
    json.add("ceilings", ceilings);
    JsonArray rows = new JsonArray();
    report.rows().forEach(r -> rows.add(row(report, r)));
    json.add("rows", rows);
    return Json.pretty(json);
  }

  /** The machine as every report has it. */
  public static JsonObject machine(Machine machine) {
    JsonObject json = new JsonObject();
    json.addProperty("cpu", machine.cpu());
    json.addProperty("processors", machine.processors());
    json.addProperty("system", machine.system());
    json.addProperty("jvm", machine.jvm());
    json.addProperty("kernels", machine.kernels());
    json.addProperty("measuredAt", machine.measuredAt());
    return json;
  }

  private static JsonObject ceilings(Ceilings ceilings) {
    JsonObject json = new JsonObject();
    json.addProperty("threads", ceilings.threads());
    json.addProperty("flopsPerSecond", ceilings.flops());
    json.addProperty("l2ReadBytesPerSecond", ceilings.l2());
    json.addProperty("copyAddBytesPerSecond", ceilings.copyAdd());
    json.addProperty("updateBytesPerSecond", ceilings.update());
    return json;
  }

  private static JsonObject row(Report report, Row row) {
    JsonObject json = new JsonObject();
    json.addProperty("group", row.group());
    json.addProperty("case", row.operation());
    json.addProperty("threads", row.threads());
    json.addProperty("peer", row.peer());
    json.addProperty("note", row.note());
    if (row.isMeasured()) {
      JsonObject work = new JsonObject();
      work.addProperty("items", row.work().items());
      work.addProperty("unit", row.work().unit());
      work.add("flops", Json.number(row.work().flops()));
      work.add("bytes", Json.number(row.work().bytes()));
      json.add("work", work);
      json.add("ours", side(row, row.duel().ours(), row.duel().ourLatency()));
      json.add("shareOfRoof", Json.number(report.shareOfRoof(row)));
    }
    if (row.isCompared()) {
      json.add("theirs", side(row, row.duel().theirs(), row.duel().theirLatency()));
      Quartiles ratio = row.ratio();
      JsonObject quartiles = new JsonObject();
      quartiles.addProperty("median", ratio.median());
      quartiles.addProperty("lowerQuartile", ratio.lower());
      quartiles.addProperty("upperQuartile", ratio.upper());
      quartiles.add("rounds", numbers(row.duel().ratios()));
      json.add("ratio", quartiles);
    }
    return json;
  }

  private static JsonObject side(Row row, double[] rounds, Latency latency) {
    double seconds = Quartiles.of(rounds).median();
    JsonObject json = new JsonObject();
    json.addProperty("secondsPerRun", seconds);
    json.addProperty("itemsPerSecond", row.work().items() / seconds);
    if (latency != null) {
      json.addProperty("p50Seconds", latency.p50());
      json.addProperty("p99Seconds", latency.p99());
    }
    json.add("rounds", numbers(rounds));
    return json;
  }

  private static JsonArray numbers(double[] values) {
    JsonArray array = new JsonArray();
    for (double value : values) {
      array.add(Json.number(value));
    }
    return array;
  }
}
