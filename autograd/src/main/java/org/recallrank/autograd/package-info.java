/**
 * Reverse-mode differentiation: a {@link org.recallrank.autograd.Tape} records operations as they
 * run and plays them backwards.
 */
package org.recallrank.autograd;
