package org.recallrank.model.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recallrank.autograd.Parameter;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.kernels.KernelSelector;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.kernels.Workers;
import org.recallrank.model.base.FeatureEmbedding;
import org.recallrank.model.entity.EntityTable;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Rows;
import org.recallrank.tensor.Rng;
import org.recallrank.tensor.Tensor;

/** Signatures are made when they are needed, by one thread, and not again. */
class SignaturesTest {
  private static final int ENTITIES = 9000; // more than a block
  private static final int DIM = 4;
  private static final int THREADS = 8;

  private final Workers workers = Workers.create(2);
  private final Kernels kernels = new KernelSelector().select("scalar", workers).kernels();
  private final Tensor projection = normal(DIM, 64);

  @AfterEach
  void close() {
    workers.close();
  }

  private static Tensor normal(int rows, int cols) {
    Tensor values = Tensor.zeros(rows, cols);
    change(values, 1);
    return values;
  }

  private static void change(Tensor values, long seed) {
    Rng rng = new Rng(seed);
    for (int i = 0; i < values.size(); i++) {
      values.set(i, (float) rng.nextGaussian());
    }
  }

  private long[] words(Signatures signatures) {
    return signatures.words(kernels).data().clone();
  }

  @Test
  void vectorsThatStayAreHashedOncePerProjection() {
    Signatures signatures =
        Signatures.of(Form.PAPER_VOTE, projection, normal(ENTITIES, DIM).matrix());
    long[] first = words(signatures);
    Object made = signatures.refresh(kernels);
    assertThat(signatures.refresh(kernels)).isSameAs(made);
    change(projection, 2); // as loading a model does
    assertThat(words(signatures)).as("until the next refresh").isEqualTo(first);
    assertThat(signatures.refresh(kernels)).isNotSameAs(made);
    assertThat(words(signatures)).isNotEqualTo(first);
  }

  @Test
  void embeddingsAreHashedAgainAfterTheyHaveChanged() throws Exception {
    Field field = Field.categorical("user_id", Field.Role.USER, ENTITIES);
    ParameterSet set = new ParameterSet(new Rng(1));
    FeatureEmbedding embedding = FeatureEmbedding.ofFields(set, List.of(field), DIM, 1);
    int[] ids = new int[ENTITIES];
    for (int i = 0; i < ENTITIES; i++) {
      ids[i] = i;
    }
    EntityTable table =
        new EntityTable(
            Field.Role.USER, new Rows(List.of(field), ENTITIES, new int[][] {ids}, new float[1][]));
    Signatures signatures = Signatures.of(Form.PAPER_VOTE, projection, embedding, table);
    Parameter weights = set.parameters().iterator().next();
    assertThat(words(signatures)).isEqualTo(words(of(weights)));
    for (int seed = 2; seed < 5; seed++) {
      change(weights.value(), seed);
      weights.touch();
      assertThat(byAllThreads(signatures)).as("makings").hasSize(1);
      assertThat(words(signatures)).isEqualTo(words(of(weights)));
    }
  }

  private Signatures of(Parameter weights) {
    return Signatures.of(
        Form.PAPER_VOTE, projection, Matrix.of(weights.value().toArray(), ENTITIES, DIM));
  }

  /** What has been made, as all threads at once see it. */
  private List<Object> byAllThreads(Signatures signatures) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<Object>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int t = 0; t < THREADS; t++) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  return signatures.refresh(kernels);
                }));
      }
    }
    return results.stream().map(Future::resultNow).distinct().toList();
  }
}
