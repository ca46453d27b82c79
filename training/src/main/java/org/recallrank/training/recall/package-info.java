/**
 * The recall stage: a two-tower model, nearest neighbours, and pools of recall items and look-alike
 * users.
 */
package org.recallrank.training.recall;
