package org.recallrank.bench.peers;

import java.util.Arrays;
import java.util.List;
import org.recallrank.bench.cases.HammingCase;
import org.recallrank.bench.cases.KernelCase;

/** faiss's exhaustive search over binary vectors (IndexBinaryFlat), in a Python process. */
public final class FaissPeer implements Peer {
  private static final String NAME = "faiss";

  private final Python python;
  private final String version;

  private FaissPeer(Python python, String version) {
    this.python = python;
    this.version = version;
  }

  /** Looks for faiss. */
  public static Peer find(Python python) {
    Python.Probe probe = python.probe(NAME, "python3-faiss");
    return probe.version() == null
        ? new Missing(NAME, probe.problem(), HammingCase.class)
        : new FaissPeer(python, probe.version());
  }

  @Override
  public String name() {
    return NAME + " " + version;
  }

  @Override
  public String missing() {
    return null;
  }

  @Override
  public boolean knows(KernelCase operation) {
    return operation instanceof HammingCase;
  }

  @Override
  public Contender enter(KernelCase operation, int threads) {
    return new Search((HammingCase) operation, threads);
  }

  private final class Search extends PythonContender {
    private final HammingCase hamming;

    Search(HammingCase hamming, int threads) {
      this.hamming = hamming;
      write("query", hamming.query);
      write("pool", hamming.pool);
      start(
          python,
          "faiss_hamming.py",
          threads,
          List.of("" + Long.SIZE * hamming.words, "" + hamming.k));
    }

    @Override
    void read() {
      read("distance", hamming.distance);
      read("index", hamming.index);
      for (int q = 0; q < hamming.queries; q++) {
        settleTies(q);
      }
    }

    /**
     * faiss does not say which of several equally distant signatures it returns. So each one that
     * it returned is checked to have the distance it claims, and then those of the largest distance
     * are replaced by the first ones of that distance.
     */
    private void settleTies(int q) {
      int from = q * hamming.k;
      long[] found = new long[hamming.k];
      for (int j = 0; j < hamming.k; j++) {
        int index = hamming.index[from + j];
        int distance = distance(q, index);
        if (distance != hamming.distance[from + j]) {
          throw new AssertionError(
              "faiss, query "
                  + q
                  + ": signature "
                  + index
                  + " has distance "
                  + distance
                  + ", not "
                  + hamming.distance[from + j]);
        }
        found[j] = (long) distance << 32 | index;
      }
      Arrays.sort(found);
      if (Arrays.stream(found).distinct().count() != hamming.k) {
        throw new AssertionError("faiss, query " + q + ": a signature came twice");
      }
      long largest = found[hamming.k - 1] >> 32;
      int next = 0;
      for (int j = 0; j < hamming.k; j++) {
        int distance = (int) (found[j] >> 32);
        hamming.distance[from + j] = distance;
        if (distance < largest) {
          hamming.index[from + j] = (int) found[j];
        } else {
          while (distance(q, next) != largest) {
            next++;
          }
          hamming.index[from + j] = next++;
        }
      }
    }

    private int distance(int q, int index) {
      int distance = 0;
      for (int w = 0; w < hamming.words; w++) {
        distance +=
            Long.bitCount(
                hamming.query[q * hamming.words + w] ^ hamming.pool[index * hamming.words + w]);
      }
      return distance;
    }
  }
}
