/** What a recall stage leaves to ranking: pools, vectors, exposures, and items of sessions. */
package org.recallrank.model.recall;
