/** Shapes, tensors, seeded random generators. */
module org.recallrank.tensor {
  requires transitive org.recallrank.kernels;

  exports org.recallrank.tensor;
}
