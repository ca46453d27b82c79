/** FuxiCTR's training loop, and what can be set of it. */
package org.recallrank.training.train;
