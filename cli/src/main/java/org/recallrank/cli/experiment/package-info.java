/** The paper's experiments: plans of cells, their results on disk, statistics and tables. */
package org.recallrank.cli.experiment;
