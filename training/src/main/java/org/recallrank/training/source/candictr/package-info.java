/** Rows and recall sets from CandiCTR-Pub, which comes as pickles. */
package org.recallrank.training.source.candictr;
