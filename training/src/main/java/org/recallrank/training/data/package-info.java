/**
 * Encoded data sets on disk, column by column, memory-mapped, and batches out of them in a shuffled
 * order.
 */
package org.recallrank.training.data;
