/** What makes a model: sources, encoding, data sets, recall stage, trainer, metrics. */
module org.recallrank.training {
  requires transitive org.recallrank.model;
  requires transitive com.google.gson;
  requires de.siegmar.fastcsv;
  requires org.eclipse.collections.api;
  requires org.eclipse.collections.impl;
  // No module yet, so it would keep jlink from making a runtime. CandiCTR-Pub needs it; with
  // modules: --add-modules pickle.
  requires static pickle;

  exports org.recallrank.training;
  exports org.recallrank.training.data;
  exports org.recallrank.training.metrics;
  exports org.recallrank.training.recall;
  exports org.recallrank.training.source;
  exports org.recallrank.training.source.candictr;
  exports org.recallrank.training.source.csv;
  exports org.recallrank.training.source.fuxictr;
  exports org.recallrank.training.source.kkbox;
  exports org.recallrank.training.source.movielens;
  exports org.recallrank.training.source.world;
  exports org.recallrank.training.train;
}
