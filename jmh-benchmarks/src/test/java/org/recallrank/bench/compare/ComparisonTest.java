package org.recallrank.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.bench.ceilings.Ceilings;
import org.recallrank.bench.peers.Contender;
import org.recallrank.bench.peers.Peer;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Workers;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** A comparison of small cases with peers that are right, wrong, broken and missing. */
class ComparisonTest {
  private static final Duel.Effort LITTLE = new Duel.Effort(0, 3, 0.001);
  private static final String GROUP = "Products & more";

  /** The scalar backend as if it were another library. */
  private static final class ScalarPeer implements Peer {
    private final String name;
    private final float error;

    ScalarPeer(String name, float error) {
      this.name = name;
      this.error = error;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String missing() {
      return null;
    }

    @Override
    public boolean knows(KernelCase operation) {
      return operation instanceof GemmCase;
    }

    @Override
    public Contender enter(KernelCase operation, int threads) {
      if (Float.isNaN(error)) {
        throw new IllegalStateException("no memory");
      }
      GemmCase gemm = (GemmCase) operation;
      var kernels = new KernelSelector().select("scalar", Workers.create(1)).kernels();
      return new Contender() {
        @Override
        public void run() {
          gemm.run(kernels);
        }

        @Override
        public void collect() {
          gemm.c[0] += error;
        }
      };
    }
  }

  private static Report report(List<Peer> peers, boolean ceilings) {
    Comparison comparison = new Comparison(peers, LITTLE, row -> {});
    Suite.Group group =
        new Suite.Group(
            GROUP,
            List.of(
                () -> new GemmCase("SMALL", false, false, 5, 6, 7),
                () -> new GemmCase("SMALL", true, false, 6, 5, 7),
                () -> new HammingCase(50, 64, 1, 3),
                () -> new GemmCase("UNWANTED", false, false, 5, 6, 7)));
    try (Workers workers = Workers.create(1)) {
      var kernels = new KernelSelector().select("scalar", workers).kernels();
      comparison.run(List.of(group), name -> !name.contains("UNWANTED"), 1, kernels);
    }
    return new Report(
        Machine.here("kernels: scalar"),
        LITTLE,
        ceilings ? List.of(new Ceilings(1, 100e9, 90e9, 15e9, 20e9)) : List.of(),
        comparison.rows());
  }

  @Test
  void everyPeerGetsItsRow() {
    Report report =
        report(
            List.of(
                new ScalarPeer("right", 0),
                new ScalarPeer("wrong", 1),
                new ScalarPeer("broken", Float.NaN),
                new Peer.Missing("absent", "install it", GemmCase.class),
                new Peer.Missing("elsewhere", "install it", CoInteractionCase.class)),
            true);
    List<Row> rows = report.rows();
    assertThat(rows)
        .extracting(Row::peer)
        .containsExactly("right", "wrong", "broken", "absent", "right", "wrong", "broken", null);
    assertThat(rows.get(0).ratio().median()).isPositive();
    assertThat(rows.get(1).note()).startsWith("wrong: gemm SMALL 5x6x7[0]: expected ");
    assertThat(rows.get(2).note()).isEqualTo("failed: no memory");
    assertThat(rows.get(3).note()).as("once for the group").isEqualTo("install it");
    assertThat(rows.get(7).operation()).startsWith("hamming");
    assertThat(rows.get(7).isMeasured()).isTrue();
    assertThat(report.means(GROUP))
        .singleElement()
        .satisfies(mean -> assertThat(mean.cases()).isEqualTo(2));
    assertThat(ReportTable.of(report)).contains("install it", "failed: no memory", "geometric");
  }

  @Test
  void jsonHoldsEveryRowAndNoNaN() {
    Report report =
        report(
            List.of(
                new ScalarPeer("right", 0),
                new Peer.Missing("absent", "install it", GemmCase.class)),
            false);
    String text = ReportJson.of(report);
    assertThat(text).doesNotContain("NaN");
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    assertThat(json.keySet()).containsExactly("format", "machine", "effort", "ceilings", "rows");
    JsonArray rows = json.getAsJsonArray("rows");
    assertThat(rows).hasSize(4);
    JsonObject compared = rows.get(0).getAsJsonObject();
    assertThat(compared.get("case").getAsString()).isEqualTo("gemm SMALL 5x6x7");
    assertThat(compared.get("threads").getAsInt()).isEqualTo(1);
    assertThat(compared.getAsJsonObject("work").get("flops").getAsDouble()).isEqualTo(420);
    JsonObject ratio = compared.getAsJsonObject("ratio");
    assertThat(ratio.keySet())
        .containsExactly("median", "lowerQuartile", "upperQuartile", "rounds");
    assertThat(ratio.getAsJsonArray("rounds")).hasSize(LITTLE.rounds());
    assertThat(compared.getAsJsonObject("ours").getAsJsonArray("rounds")).hasSize(3);
    assertThat(compared.get("shareOfRoof").isJsonNull()).isTrue();
    JsonObject missing = rows.get(1).getAsJsonObject();
    assertThat(missing.get("note").getAsString()).isEqualTo("install it");
    assertThat(missing.has("ratio")).isFalse();
  }

  @Test
  void whatIsARequestGetsItsPercentiles() {
    Comparison comparison = new Comparison(List.of(), LITTLE, row -> {});
    Suite.Group group =
        new Suite.Group(
            GROUP,
            List.of(
                () ->
                    new ScoringCase(
                        "dcnv2",
                        "none",
                        Map.of("parallel_dnn_hidden_units", "7"),
                        ModelData.uniform(11, 1),
                        1)));
    try (Workers workers = Workers.create(1)) {
      var kernels = new KernelSelector().select("scalar", workers).kernels();
      comparison.run(List.of(group), name -> true, 1, kernels);
    }
    Report report =
        new Report(Machine.here("kernels: scalar"), LITTLE, List.of(), comparison.rows());
    JsonObject row =
        JsonParser.parseString(ReportJson.of(report))
            .getAsJsonObject()
            .getAsJsonArray("rows")
            .get(0)
            .getAsJsonObject();
    JsonObject ours = row.getAsJsonObject("ours");
    assertThat(ours.get("p99Seconds").getAsDouble())
        .isGreaterThanOrEqualTo(ours.get("p50Seconds").getAsDouble());
    assertThat(row.getAsJsonObject("work").get("flops").isJsonNull()).isTrue();
    assertThat(ReportTable.of(report)).contains(" us (p99 ");
  }

  @Test
  void thePageIsWellFormed() throws Exception {
    Report report =
        report(
            List.of(
                new ScalarPeer("<right> & \"proper\"", 0),
                new Peer.Missing("absent", "install <it>", GemmCase.class)),
            true);
    String page = RatioPage.of(report);
    assertThat(page).doesNotContain("{{").contains("<svg class=\"roofline\"");
    // XHTML syntax, so that an XML parser can say whether all is closed and escaped.
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(page.replace("<!DOCTYPE html>", ""))));
    assertThat(document.getElementsByTagName("tr").getLength()).isEqualTo(1 + 4);
    assertThat(document.getElementsByTagName("figure").getLength()).isEqualTo(1);
    assertThat(page).doesNotContain("http://", "https://");
  }
}
