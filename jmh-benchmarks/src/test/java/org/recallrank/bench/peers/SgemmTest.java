package org.recallrank.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that computes something else would make a comparison worthless. */
class SgemmTest {
  private static final int M = 7;
  private static final int N = 19;
  private static final int K = 33;
  private static final int CACHE_LINE = 64;

  static Stream<Lookup<? extends Sgemm>> peers() {
    return Stream.of(OpenBlas.find(), OneDnn.find());
  }

  @ParameterizedTest
  @MethodSource("peers")
  void computesTheProductOfRowMajorMatrices(Lookup<? extends Sgemm> peer) {
    assumeTrue(peer.found() != null, peer.missing());
    assertThat(peer.found().description()).containsPattern("\\d+\\.\\d+.* for \\w+");
    Random random = new Random(3);
    for (int transposes = 0; transposes < 4; transposes++) {
      for (int threads = 1; threads <= 2; threads++) {
        check(peer.found(), random, (transposes & 1) != 0, (transposes & 2) != 0, threads);
      }
    }
  }

  private static void check(Sgemm peer, Random random, boolean ta, boolean tb, int threads) {
    int lda = (ta ? M : K) + 1;
    int ldb = (tb ? K : N) + 2;
    int ldc = N + 3;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = random(arena, random, (ta ? K : M) * lda);
      MemorySegment b = random(arena, random, (tb ? N : K) * ldb);
      MemorySegment c = random(arena, random, M * ldc);
      peer.sgemm(ta, tb, M, N, K, a, lda, b, ldb, c, ldc, threads);
      for (int i = 0; i < M; i++) {
        for (int j = 0; j < N; j++) {
          double sum = 0;
          for (int p = 0; p < K; p++) {
            double x = at(a, ta ? p * lda + i : i * lda + p);
            sum += x * at(b, tb ? j * ldb + p : p * ldb + j);
          }
          assertThat((double) at(c, i * ldc + j))
              .as("c[%d, %d]", i, j)
              .isCloseTo(sum, within(1e-5));
        }
      }
    }
  }

  private static MemorySegment random(Arena arena, Random random, int floats) {
    MemorySegment values = arena.allocate((long) floats * Float.BYTES, CACHE_LINE);
    for (int i = 0; i < floats; i++) {
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return values;
  }

  private static float at(MemorySegment values, int i) {
    return values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
  }
}
