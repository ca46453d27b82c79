package org.recallrank.model.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KNOWN = List.of("dcnv2", "deepfm", "deepim", "xdeepfm");

  private static String hint(String name) {
    return Nearest.hint(name, KNOWN);
  }

  @Test
  void namesTheNearest() {
    assertThat(hint("dcn2")).isEqualTo(", did you mean \"dcnv2\"?");
    assertThat(hint("xdepfm")).isEqualTo(", did you mean \"xdeepfm\"?");
    assertThat(hint("DeepFM")).isEqualTo(", did you mean \"deepfm\"?");
    assertThat(hint("dpeefm")).isEqualTo(", did you mean \"deepfm\"?");
  }

  @Test
  void theFirstOfEquallyNear() {
    assertThat(hint("deepxm")).isEqualTo(", did you mean \"deepfm\"?"); // deepim is as near
  }

  @Test
  void nothingIfNoneIsNear() {
    assertThat(hint("wide")).isEmpty();
    assertThat(hint("")).isEmpty();
    assertThat(Nearest.hint("dcn", List.of())).isEmpty();
  }
}
