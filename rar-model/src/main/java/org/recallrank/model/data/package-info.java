/**
 * From files to batches: a {@link org.recallrank.model.data.DataSource} reads rows, an {@link
 * org.recallrank.model.data.Encoding} turns their tokens into table rows, a {@link
 * org.recallrank.model.data.DatasetFolder} holds them on disk, column by column, and a {@link
 * org.recallrank.model.data.BatchBuffer} takes batches out of it in the order of a {@link
 * org.recallrank.model.data.Shuffle}.
 */
package org.recallrank.model.data;
