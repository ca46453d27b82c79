package org.recallrank.cli.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The numbers that the paper prints in its Tables 2 to 4, as they stand there: per cent for gAUC
 * and AUC, minutes and milliseconds. NaN where it has none.
 */
public final class Paper {
  /** Its data sets, as Table 2 names them. */
  public static final List<String> DATA = List.of("KKBox", "Movielens", "CandiCTR-Pub");

  /** The data set of Tables 3 and 4. */
  public static final String ABLATED = "CandiCTR-Pub";

  private final JsonObject numbers;

  private Paper(JsonObject numbers) {
    this.numbers = numbers;
  }

  /** Reads the numbers that this jar holds. */
  public static Paper read() {
    try (InputStream in = Paper.class.getResourceAsStream("paper.json");
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      return new Paper(JsonParser.parseReader(reader).getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two columns of a table. */
  public enum Figure {
    GAUC,
    AUC
  }

  /**
   * Of Table 2.
   *
   * @param data one of {@link #DATA}
   */
  public double table2(String data, String model, String column, Figure figure) {
    return pair(find("table2", data, "models", model, column), figure);
  }

  /** "Best RelImp" of Table 2, per cent. */
  public double bestImprovement(String data, String column, Figure figure) {
    return pair(find("table2", data, "bestRelImp", column), figure);
  }

  /** Of Table 3. */
  public double table3(String variant, String model, Figure figure) {
    return pair(find("table3", "variants", variant, model), figure);
  }

  /** "Average RelImp" of Table 3, per cent. */
  public double averageImprovement(String variant, Figure figure) {
    return pair(find("table3", "averageRelImp", variant), figure);
  }

  /**
   * Of Table 4.
   *
   * @param what minutes, relInc (per cent), stepMillis or stepRelInc (per cent)
   */
  public double table4(String column, String what) {
    JsonElement number = find("table4", "columns", column, what);
    return number == null ? Double.NaN : number.getAsDouble();
  }

  private JsonElement find(String... path) {
    JsonElement element = numbers;
    for (String name : path) {
      element = element instanceof JsonObject o ? o.get(name) : null;
    }
    return element;
  }

  private static double pair(JsonElement element, Figure figure) {
    return element instanceof JsonArray a ? a.get(figure.ordinal()).getAsDouble() : Double.NaN;
  }
}
