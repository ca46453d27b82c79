package org.recallrank.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.recallrank.bench.cases.AdamCase;
import org.recallrank.bench.cases.CoInteractionCase;
import org.recallrank.bench.cases.EmbeddingCase;
import org.recallrank.bench.cases.GemmCase;
import org.recallrank.bench.cases.GemmShape;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.InnerProductCase;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.cases.ModelData;
import org.recallrank.bench.cases.ScoringCase;
import org.recallrank.bench.cases.SelectionCase;
import org.recallrank.bench.cases.SimHashCase;
import org.recallrank.bench.cases.VectorMathCase;
import org.recallrank.kernels.SimHashKernel;
import org.recallrank.training.recall.PoolConfig;

/** What is compared: each case made when its turn comes, as some are large. */
final class Suite {
  private static final int BATCH = 4096;
  private static final int TOP = 20;

  /** What requests are about; made when first asked for. */
  private static final class Requests {
    /** Three fields, tables of some thousand rows each, as of a small catalogue. */
    static final ModelData THREE_FIELDS = ModelData.uniform(3959, 7565, 15240, 1);

    /** Six fields, eight thousand users with pools. */
    static final ModelData WITH_POOLS = ModelData.generated(100_000, 1, new PoolConfig(100, 50));

    private Requests() {}
  }

  /** Cases under one heading. */
  record Group(String title, List<Supplier<KernelCase>> cases) {}

  private Suite() {}

  static List<Group> all() {
    return List.of(
        new Group("Matrix products of training", trainingProducts()),
        new Group("Matrix products of serving", servingProducts()),
        new Group("Nearest signatures", hamming()),
        new Group("RAR: signatures, selection, exact search", selection()),
        new Group("RAR: co-interaction", coInteraction()),
        new Group("Functions of elements", functions()),
        new Group("Embeddings and Adam", tables()),
        new Group("Scoring requests", requests()));
  }

  private static List<Supplier<KernelCase>> trainingProducts() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (GemmShape shape : GemmShape.values()) {
      cases.add(() -> new GemmCase(shape, BATCH));
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> servingProducts() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (int batch : new int[] {1, 16, 128, 512}) {
      cases.add(() -> new GemmCase("SERVING", false, false, batch, 400, 400));
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> hamming() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (int pool : new int[] {300, 10_000, 1_000_000, 10_000_000}) {
      cases.add(() -> new HammingCase(pool, 64, 1, TOP));
    }
    for (int queries : new int[] {16, 64}) {
      cases.add(() -> new HammingCase(1_000_000, 64, queries, TOP));
    }
    for (int pool : new int[] {300, 10_000, 1_000_000}) {
      cases.add(() -> new HammingCase(pool, 256, 1, TOP));
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> selection() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (SimHashKernel.Form form : SimHashKernel.Form.values()) {
      cases.add(() -> new SimHashCase(form, 10_000, 32, 64));
    }
    cases.add(() -> new SelectionCase(BATCH, 300, 64, TOP));
    for (int candidates : new int[] {300, 10_000, 1_000_000}) {
      cases.add(() -> new InnerProductCase(candidates, 32, 1, TOP));
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> coInteraction() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (CoInteractionCase.Shape shape : CoInteractionCase.Shape.values()) {
      for (CoInteractionCase.Pass pass : CoInteractionCase.Pass.values()) {
        cases.add(() -> new CoInteractionCase(pass, shape, BATCH, 4000));
      }
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> functions() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (VectorMathCase.Function function : VectorMathCase.Function.values()) {
      cases.add(() -> new VectorMathCase(function, 256, 64));
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> tables() {
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (EmbeddingCase.Direction direction : EmbeddingCase.Direction.values()) {
      cases.add(() -> new EmbeddingCase(direction, 1_000_000, 32, BATCH));
    }
    for (AdamCase.Tables tables : AdamCase.Tables.values()) {
      cases.add(() -> new AdamCase(tables, 2_500_000, 10, BATCH)); // 100 MB
    }
    return cases;
  }

  private static List<Supplier<KernelCase>> requests() {
    Map<String, String> settings = Map.of("embedding_std", "0.5");
    List<Supplier<KernelCase>> cases = new ArrayList<>();
    for (int candidates : new int[] {1, 100, 1000}) {
      cases.add(
          () -> new ScoringCase("dcnv2", "none", settings, Requests.THREE_FIELDS, candidates));
    }
    for (int candidates : new int[] {1, 100, 1000}) {
      cases.add(() -> new ScoringCase("dcnv2", "rar", settings, Requests.WITH_POOLS, candidates));
    }
    return cases;
  }
}
