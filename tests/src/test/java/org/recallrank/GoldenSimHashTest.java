package org.recallrank;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.recallrank.kernels.BitMatrix;
import org.recallrank.kernels.HammingKernel.TopK;
import org.recallrank.kernels.Kernels;
import org.recallrank.kernels.Matrix;
import org.recallrank.kernels.SimHashKernel.Form;
import org.recallrank.model.io.SafeTensors;
import org.recallrank.model.io.StoredTensor;

/** Both forms of SimHash, and the nearest by Hamming distance, bit by bit. */
class GoldenSimHashTest {
  private static final Map<String, Form> FORMS =
      Map.of("literal", Form.PAPER_VOTE, "hyperplane", Form.CLASSIC_SIGN);

  @TestFactory
  Stream<DynamicTest> cases() throws Exception {
    List<Path> folders = GoldenFolder.open().cases("blocks", "simhash_");
    return folders.stream()
        .flatMap(
            folder ->
                AvailableBackends.each(
                    folder.getFileName().toString(),
                    kernels -> {
                      SafeTensors data = SafeTensors.read(folder.resolve("data.safetensors"));
                      SafeTensors expected =
                          SafeTensors.read(folder.resolve("expected.safetensors"));
                      for (String form : FORMS.keySet()) {
                        for (String projection : List.of("gauss", "pm1")) {
                          check(kernels, data, expected, form, projection);
                        }
                      }
                    }));
  }

  private static void check(
      Kernels kernels, SafeTensors data, SafeTensors expected, String form, String projection) {
    String prefix = form + "." + projection + ".";
    StoredTensor p = data.tensor("P." + projection);
    long[] vectors = encode(kernels, FORMS.get(form), data.tensor("vectors"), p);
    long[] queries = encode(kernels, FORMS.get(form), data.tensor("queries"), p);
    assertThat(vectors)
        .as(prefix + "vector_words")
        .containsExactly(expected.tensor(prefix + "vector_words").longs());
    assertThat(queries)
        .as(prefix + "query_words")
        .containsExactly(expected.tensor(prefix + "query_words").longs());

    StoredTensor index = expected.tensor(prefix + "topk_index");
    int rows = (int) index.shape()[0];
    int k = (int) index.shape()[1];
    int words = (int) p.shape()[1] / 64;
    int[] foundIndex = new int[rows * k];
    int[] foundDistance = new int[rows * k];
    kernels
        .hamming()
        .topK(
            BitMatrix.of(queries, words),
            BitMatrix.of(vectors, words),
            k,
            new TopK(foundIndex, foundDistance));
    assertThat(foundDistance)
        .as(prefix + "topk_distance")
        .containsExactly(expected.tensor(prefix + "topk_distance").ints());
    assertThat(foundIndex).as(prefix + "topk_index").containsExactly(index.ints());
  }

  private static long[] encode(Kernels kernels, Form form, StoredTensor x, StoredTensor p) {
    int n = (int) x.shape()[0];
    int dim = (int) x.shape()[1];
    int bits = (int) p.shape()[1];
    long[] words = new long[n * (bits / 64)];
    Matrix rows = Matrix.of(x.floats(), n, dim);
    Matrix projection = Matrix.of(p.floats(), dim, bits);
    kernels.simHash().encode(form, rows, projection, BitMatrix.of(words, bits / 64));
    return words;
  }
}
