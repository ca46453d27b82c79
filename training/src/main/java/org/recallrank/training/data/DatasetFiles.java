package org.recallrank.training.data;

import java.nio.file.Path;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.Field;
import org.recallrank.model.schema.Schema;
import org.recallrank.training.source.Split;

/** The names of a data set's files and the bytes that a row takes in each. */
final class DatasetFiles {
  static final int BYTES_PER_VALUE = 4;

  private DatasetFiles() {}

  static Path manifest(Path folder) {
    return folder.resolve("dataset.json");
  }

  static Path column(Path folder, Split split, Schema schema, int field) {
    String type = schema.fields().get(field).type() == Field.Type.NUMERIC ? ".f32" : ".i32";
    return folder.resolve(split.label()).resolve(Encoding.fileName(schema, field) + type);
  }

  static Path labels(Path folder, Split split) {
    return folder.resolve(split.label()).resolve("label.f32");
  }

  static Path groups(Path folder, Split split) {
    return folder.resolve(split.label()).resolve("group.i32");
  }

  /** Is there only if the source has sessions. */
  static Path sessions(Path folder, Split split) {
    return folder.resolve(split.label()).resolve("session.i32");
  }
}
