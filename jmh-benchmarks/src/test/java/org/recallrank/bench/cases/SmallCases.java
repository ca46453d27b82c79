package org.recallrank.bench.cases;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.base.BaseModels;
import org.recallrank.training.recall.PoolConfig;

/** Each kind of case at odd sizes, of which some are smaller and some larger than a vector. */
public final class SmallCases {
  private SmallCases() {}

  /** All of them; the arrays of each are its own. */
  public static Stream<KernelCase> all() {
    return Stream.<Stream<KernelCase>>of(
            gemm(),
            simHash(),
            nearest(),
            coInteraction(),
            vectorMath(),
            embedding(),
            adam(),
            models())
        .flatMap(cases -> cases);
  }

  private static Stream<KernelCase> gemm() {
    return Stream.concat(
        Stream.of(GemmShape.values()).map(shape -> new GemmCase(shape, 37)),
        Stream.of(new GemmCase("odd", true, true, 131, 67, 123, true)));
  }

  private static Stream<KernelCase> simHash() {
    return Stream.of(Form.values())
        .flatMap(
            form ->
                Stream.of(new SimHashCase(form, 61, 7, 64), new SimHashCase(form, 37, 33, 256)));
  }

  private static Stream<KernelCase> nearest() {
    return Stream.of(
        new HammingCase(21, 64, 1, 20),
        new HammingCase(1021, 64, 1, 20),
        new HammingCase(20011, 64, 3, 20),
        new HammingCase(307, 256, 1, 19),
        new HammingCase(4099, 256, 17, 20),
        new DistancesCase(40009, 64),
        new DistancesCase(301, 256),
        new SelectionCase(53, 37, 64, 20),
        new SelectionCase(31, 301, 256, 7),
        new InnerProductCase(301, 3, 1, 20),
        new InnerProductCase(4999, 10, 67, 19));
  }

  private static Stream<KernelCase> coInteraction() {
    return Stream.of(CoInteractionCase.Pass.values())
        .flatMap(
            pass ->
                Stream.of(
                    new CoInteractionCase(pass, 19, 3, 5, 7, 11),
                    new CoInteractionCase(pass, 5, 11, 21, 33, 29)));
  }

  private static Stream<KernelCase> vectorMath() {
    return Stream.of(VectorMathCase.Function.values())
        .flatMap(
            function ->
                Stream.of(
                    new VectorMathCase(function, 1, 5), new VectorMathCase(function, 13, 67)));
  }

  private static Stream<KernelCase> embedding() {
    return Stream.of(EmbeddingCase.Direction.values())
        .flatMap(
            direction ->
                Stream.of(
                    new EmbeddingCase(direction, 29, 7, 101),
                    new EmbeddingCase(direction, 1009, 33, 2003)));
  }

  private static Stream<KernelCase> adam() {
    return Stream.of(AdamCase.Tables.values())
        .flatMap(
            tables ->
                Stream.of(new AdamCase(tables, 101, 5, 17), new AdamCase(tables, 513, 35, 301)));
  }

  private static Stream<KernelCase> models() {
    ModelData world = ModelData.generated(6000, 67, new PoolConfig(20, 10));
    ModelData uniform = ModelData.uniform(101, 67);
    Stream<KernelCase> ofWorld =
        BaseModels.names().stream()
            .flatMap(
                model ->
                    Stream.of("none", "rar")
                        .flatMap(
                            enrich ->
                                Stream.of(
                                    training(model, enrich, world, "adam"),
                                    new ScoringCase(
                                        model, enrich, small(model, enrich), world, 37))));
    return Stream.concat(
        ofWorld,
        Stream.of(
            training("ipnn", "none", uniform, "lazy_adam"),
            new ScoringCase("dcnv2", "none", small("dcnv2", "none"), uniform, 1)));
  }

  private static KernelCase training(
      String model, String enrich, ModelData data, String optimizer) {
    Map<String, String> settings = small(model, enrich);
    settings.put("optimizer", optimizer);
    return new TrainingStepCase(model, enrich, settings, data);
  }

  /** Settings of a small model with embeddings that matter from the start. */
  private static Map<String, String> small(String model, String enrich) {
    Map<String, String> settings = new HashMap<>();
    settings.put("embedding_dim", "5");
    settings.put("embedding_std", "0.5");
    settings.put("net_regularizer", "0.01");
    settings.put(
        switch (model) {
          case "autoint", "dcn", "xdeepfm" -> "dnn_hidden_units";
          case "dcnv2" -> "parallel_dnn_hidden_units";
          default -> "hidden_units";
        },
        "13,7");
    if (enrich.equals("rar")) {
      settings.put("rar_look_alikes", "3");
      settings.put("rar_recall_items", "7");
    }
    return settings;
  }
}
