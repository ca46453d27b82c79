package org.recallrank.training.train;

import org.recallrank.kernels.Kernels;
import org.recallrank.model.enrich.Enricher;

/**
 * Has an enricher {@linkplain Enricher#refresh bring up to date} what it derives from weights that
 * training changes: before the first step, and then every {@link Enricher#refreshInterval} steps.
 *
 * <p>Serves one thread at a time.
 */
public final class RefreshSchedule {
  private final Enricher enricher;
  private long steps;

  /** Starts before the first step. */
  public RefreshSchedule(Enricher enricher) {
    this.enricher = enricher;
  }

  /** To be called before each step. */
  public void beforeStep(Kernels kernels) {
    int interval = enricher.refreshInterval();
    if (interval > 0 && steps++ % interval == 0) {
      enricher.refresh(kernels);
    }
  }
}
