/** Rows from CSV files with a header. */
package org.recallrank.training.source.csv;
