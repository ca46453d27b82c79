/**
 * Other implementations of the same operations, to be measured side by side with ours: libraries of
 * the system through the foreign-function API, and programs as separate processes. None is needed:
 * where one is missing, its {@link org.recallrank.bench.peers.Peer} says what to install.
 */
package org.recallrank.bench.peers;
