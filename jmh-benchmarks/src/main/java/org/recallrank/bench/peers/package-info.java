/** Other implementations of the same operations, to be measured side by side with ours. */
package org.recallrank.bench.peers;
