package org.recallrank.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.recallrank.training.source.csv.CsvLayout;
import picocli.CommandLine.Option;

/** Which fields are the user's and the item's. */
public final class EntityOptions {
  @Option(names = "--user", description = "csv: column that identifies the user")
  private String user;

  @Option(names = "--item", description = "csv: column that identifies the item")
  private String item;

  @Option(names = "--user-fields", split = ",", description = "csv: further columns of the user")
  private List<String> userFields = new ArrayList<>();

  @Option(names = "--item-fields", split = ",", description = "csv: further columns of the item")
  private List<String> itemFields = new ArrayList<>();

  public String user() {
    return user;
  }

  public String item() {
    return item;
  }

  /** A layout that says this and nothing about other columns. */
  public CsvLayout layout(String label) {
    return CsvLayout.of(label, user, item).withUserFields(userFields).withItemFields(itemFields);
  }
}
