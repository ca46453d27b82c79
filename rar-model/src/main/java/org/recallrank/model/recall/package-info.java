/** The recall stage: DSSM, and per user a pool of recall items and look-alike users. */
package org.recallrank.model.recall;
