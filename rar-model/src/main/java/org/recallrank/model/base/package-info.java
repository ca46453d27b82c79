/** The CTR models that RAR augments, one file each, on shared layers. */
package org.recallrank.model.base;
