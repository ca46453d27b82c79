/** Log loss, AUC and gAUC over rows, users and sessions. */
package org.recallrank.training.metrics;
