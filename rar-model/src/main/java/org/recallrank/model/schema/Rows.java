package org.recallrank.model.schema;

import java.util.List;
import org.recallrank.model.entity.EntityTable;

/**
 * Encoded rows column by column: what an embedding layer reads. A {@link Batch} is one, and so are
 * the rows of an {@link EntityTable}.
 *
 * <p>Any number of threads may read them while none writes to the arrays.
 *
 * @param fields the fields present, in order; {@code ids[f]} and {@code numbers[f]} belong to the
 *     f-th
 * @param size how many rows are valid (arrays may be longer)
 * @param ids per field the table rows, [size] for a categorical, [size * maxLength] for a sequence,
 *     null for a numeric field
 * @param numbers per field the values, [size] for a numeric field, else null
 */
public record Rows(List<Field> fields, int size, int[][] ids, float[][] numbers) {}
