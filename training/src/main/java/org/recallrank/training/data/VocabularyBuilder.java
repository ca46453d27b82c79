package org.recallrank.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;
import org.recallrank.model.schema.Vocabulary;

/** Counts tokens, and gives the frequent ones a table row. */
final class VocabularyBuilder {
  private final ObjectIntHashMap<String> numbers = new ObjectIntHashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private long[] counts = new long[16];

  /** Counts one occurrence; a null or empty token does not count. */
  void add(String token) {
    if (token == null || token.isEmpty()) {
      return;
    }
    int number = numbers.getIfAbsentPut(token, tokens.size());
    if (number == tokens.size()) {
      tokens.add(token);
      if (number == counts.length) {
        counts = Arrays.copyOf(counts, 2 * number);
      }
    }
    counts[number]++;
  }

  /**
   * The vocabulary of all tokens that occurred at least {@code minCount} times, the most frequent
   * first.
   */
  Vocabulary build(int minCount) {
    return Vocabulary.of(
        IntStream.range(0, tokens.size())
            .filter(number -> counts[number] >= minCount)
            .boxed()
            .sorted(Comparator.comparingLong(number -> -counts[number]))
            .map(tokens::get)
            .toList(),
        null);
  }
}
