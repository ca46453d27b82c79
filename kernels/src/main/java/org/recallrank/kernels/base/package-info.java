/**
 * What the backends share: a class {@code XxxBase} holds a family's argument checks, the cutting
 * into chunks and the order of partial sums. A backend adds the loops.
 */
package org.recallrank.kernels.base;
