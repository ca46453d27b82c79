/**
 * Native libraries that benchmarks compare with, called through the foreign-function API. None is
 * needed: where one is missing, its {@link org.recallrank.bench.peers.Peer} says why.
 */
package org.recallrank.bench.peers;
