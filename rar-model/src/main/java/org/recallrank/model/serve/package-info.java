/** Trained models on disk and in use. */
package org.recallrank.model.serve;
