/** Optimizers, regularisation, clipping and the learning-rate schedule. */
package org.recallrank.autograd.optim;
