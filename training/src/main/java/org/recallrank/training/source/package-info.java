/**
 * Where rows come from, and what is common to all formats: splits, malformed rows, delimited files.
 */
package org.recallrank.training.source;
