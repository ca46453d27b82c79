/**
 * Trains a model from a source of rows, as the command line does: {@link
 * org.recallrank.training.TrainingJob}.
 */
package org.recallrank.training;
