/**
 * Java libraries from Maven Central, for matrix products and for scoring requests; only in builds
 * with {@code -Ppeers}.
 */
package org.recallrank.bench.peers.maven;
