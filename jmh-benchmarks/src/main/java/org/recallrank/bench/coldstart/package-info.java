/** What {@code cold-start.sh} starts: processes that load a model and score one request. */
package org.recallrank.bench.coldstart;
