/** Rows from a generated world, whose true click probabilities are known. */
package org.recallrank.training.source.world;
