/** CTR models, what enriches them, and saved models: all that scores. */
@SuppressWarnings("module") // training is compiled after this, but the shared part is for it alone
module org.recallrank.model {
  requires transitive org.recallrank.autograd;
  requires com.google.gson;

  exports org.recallrank.model;
  exports org.recallrank.model.base;
  exports org.recallrank.model.config;
  exports org.recallrank.model.enrich;
  exports org.recallrank.model.entity;
  exports org.recallrank.model.files to
      org.recallrank.training;
  exports org.recallrank.model.io;
  exports org.recallrank.model.recall;
  exports org.recallrank.model.schema;
  exports org.recallrank.model.serve;
}
