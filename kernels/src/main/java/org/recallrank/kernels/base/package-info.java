/** What the backends share of each family: argument checks, and how work is cut into chunks. */
package org.recallrank.kernels.base;
