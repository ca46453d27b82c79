/** Layers: parameters under FuxiCTR's names, and how they are applied. */
package org.recallrank.autograd.nn;
