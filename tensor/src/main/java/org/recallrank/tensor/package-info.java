/** Shapes, row-major float tensors and the seeded random generator. */
package org.recallrank.tensor;
