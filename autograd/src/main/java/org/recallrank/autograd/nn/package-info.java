/**
 * Layers: parameters under FuxiCTR's names, and how they are applied.
 *
 * <p>Any number of threads may apply a layer in evaluation, each on a tape of its own: it keeps
 * nothing of a step. In training it belongs to one thread, as batch normalisation writes its
 * running statistics then.
 */
package org.recallrank.autograd.nn;
