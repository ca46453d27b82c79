/** The page that {@code recallrank report} writes. */
package org.recallrank.cli.report;
