package org.recallrank.model.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recallrank.model.ModelSpec;
import org.recallrank.model.config.Settings;
import org.recallrank.model.config.SettingsException;

class BaseModelsTest {
  @Test
  void canonicalNamesStandForThemselves() {
    assertThat(BaseModels.names())
        .isNotEmpty()
        .allSatisfy(name -> assertThat(BaseModels.canonical(name)).isEqualTo(name));
  }

  @Test
  void caseAndPunctuationDoNotCount() {
    assertThat(BaseModels.canonical("Wide&Deep")).isEqualTo("widedeep");
    assertThat(BaseModels.canonical("DCN-V2")).isEqualTo("dcnv2");
    assertThat(BaseModels.canonical("DCN")).isEqualTo("dcn");
    assertThat(BaseModels.canonical("Deep_FM ")).isEqualTo("deepfm");
  }

  @Test
  void pnnMeansIpnn() {
    assertThat(BaseModels.canonical("PNN")).isEqualTo("ipnn");
    assertThat(BaseModels.canonical("IPNN")).isEqualTo("ipnn");
  }

  @Test
  void anUnknownNameIsAnErrorThatListsAll() {
    assertThatThrownBy(() -> BaseModels.canonical("Wide&Depe"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("unknown model \"Wide&Depe\", did you mean \"widedeep\"?")
        .hasMessageContaining(String.join(", ", BaseModels.names()));
    assertThatThrownBy(() -> BaseModels.canonical("+")).isInstanceOf(SettingsException.class);
  }

  @Test
  void aSpecificationHoldsTheCanonicalName() {
    assertThat(ModelSpec.of("Wide&Deep", "none", Settings.defaults()).model())
        .isEqualTo("widedeep");
  }

  @Test
  void ipnnRefusesProductsThatItDoesNotHave() {
    assertThatThrownBy(
            () -> BaseModels.configure("pnn", new Settings(Map.of("product_type", "outer"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("product_type: expected one of inner, found \"outer\"");
  }
}
