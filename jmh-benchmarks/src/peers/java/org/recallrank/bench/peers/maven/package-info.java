/** Java libraries with matrix products, from Maven Central; only in builds with {@code -Ppeers}. */
package org.recallrank.bench.peers.maven;
