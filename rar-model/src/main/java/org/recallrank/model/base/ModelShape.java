package org.recallrank.model.base;

import java.util.List;
import org.recallrank.autograd.nn.ParameterSet;
import org.recallrank.model.schema.Field;

/**
 * What a base model needs to know to build its layers.
 *
 * @param parameters where its parameters go
 * @param fields the row's own fields, for first-order terms
 * @param width fields of E' (own fields and pseudo-fields of the enricher)
 * @param dim d, columns per field
 * @param embeddingStd standard deviation of new embedding tables
 */
public record ModelShape(
    ParameterSet parameters, List<Field> fields, int width, int dim, double embeddingStd) {

  /** Columns of x_0. */
  public int flatWidth() {
    return width * dim;
  }

  /** A first-order term over the row's own fields. */
  public FirstOrder firstOrder(String name, boolean withBias) {
    return new FirstOrder(parameters, name, fields, embeddingStd, withBias);
  }
}
