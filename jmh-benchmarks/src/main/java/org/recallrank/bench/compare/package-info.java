/**
 * Our kernels and training beside those of peers, in turns, and the page of ratios that comes of
 * it.
 */
package org.recallrank.bench.compare;
