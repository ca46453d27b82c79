package org.recallrank.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EtaTest {
  private static final Cell RAW = cell("raw", "none");
  private static final Cell RAR = cell("rar", "rar");
  private static final Cell CIM = cell("cim", "cim");
  private static final Cell OTHER_CIM = cell("other", "cim");

  private static Cell cell(String column, String enrich) {
    return new Cell("dcnv2", column, enrich, Map.of(), 1);
  }

  private static Eta afterOneOfEach() {
    Eta eta = new Eta();
    eta.done(RAW, 100);
    eta.done(RAR, 120);
    eta.done(CIM, 700);
    return eta;
  }

  @Test
  void leftIsByEnricher() {
    Eta eta = afterOneOfEach();
    eta.done(RAW, 200);
    assertThat(eta.left(List.of(RAW, CIM))).isEqualTo(850);
    assertThat(eta.left(List.of(cell("frnet", "frnet")))).as("as all others").isEqualTo(280);
  }

  @Test
  void theLongestGoesFirstWhereAllWouldWaitForIt() {
    Eta eta = afterOneOfEach();
    assertThat(eta.longerThanItsShare(List.of(RAW, RAR, CIM), 2)).contains(CIM);
    assertThat(eta.longerThanItsShare(List.of(RAW, RAR, CIM, OTHER_CIM), 2)).isEmpty();
    assertThat(eta.longerThanItsShare(List.of(RAW, RAR, CIM, OTHER_CIM), 3)).contains(CIM);
    assertThat(eta.longerThanItsShare(List.of(RAW, CIM), 1)).as("one at a time").isEmpty();
  }

  @Test
  void nothingIsKnownBeforeACellIsDone() {
    assertThat(new Eta().longerThanItsShare(List.of(RAW, CIM), 2)).isEmpty();
    assertThat(afterOneOfEach().longerThanItsShare(List.of(), 2)).isEmpty();
  }
}
