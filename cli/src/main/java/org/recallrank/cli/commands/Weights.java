package org.recallrank.cli.commands;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.io.ModelState;

/**
 * How many tensors and numbers each part of a model has.
 *
 * @param parts by the first part of the tensors' names
 */
public record Weights(Map<String, Count> parts) {

  /** Of one part. */
  record Count(int tensors, long numbers) {
    Count plus(Count other) {
      return new Count(tensors + other.tensors, numbers + other.numbers);
    }
  }

  static Weights of(ParameterSet set) {
    Map<String, Count> parts = new LinkedHashMap<>();
    ModelState.of(set)
        .forEach(
            (name, tensor) ->
                parts.merge(name.split("\\.", 2)[0], new Count(1, tensor.size()), Count::plus));
    return new Weights(parts);
  }

  Count total() {
    return parts.values().stream().reduce(new Count(0, 0), Count::plus);
  }

  /** A line per part and one for the whole. */
  String table() {
    StringBuilder text = new StringBuilder();
    parts.forEach((name, count) -> line(text, name, count));
    line(text, "in all", total());
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Count count) {
    text.append(
        String.format(
            Locale.ROOT,
            "  %-20s %4d tensors %,15d numbers%n",
            name,
            count.tensors,
            count.numbers));
  }
}
