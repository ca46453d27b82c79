/** One file per differentiable operation, forward and backward side by side. */
package org.recallrank.autograd.ops;
