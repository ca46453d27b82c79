/**
 * JMH benchmarks. Each is run once against an oracle by a test of this module, so none can measure
 * nothing or something wrong.
 */
package org.recallrank.bench;
