/** The tape, differentiable operations, layers, optimizers. */
module org.recallrank.autograd {
  requires transitive org.recallrank.tensor;

  exports org.recallrank.autograd;
  exports org.recallrank.autograd.nn;
  exports org.recallrank.autograd.ops;
  exports org.recallrank.autograd.ops.cim;
  exports org.recallrank.autograd.ops.fused;
  exports org.recallrank.autograd.optim;
}
