/** Fields and vocabularies as FuxiCTR has written them. */
package org.recallrank.training.source.fuxictr;
