/**
 * Operations that do in one pass what several of the plain ones would, because what lies between
 * them is large.
 */
package org.recallrank.autograd.ops.fused;
