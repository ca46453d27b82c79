/** Rows from the MovieLens releases of GroupLens. */
package org.recallrank.training.source.movielens;
