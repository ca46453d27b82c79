/** The command line. */
package org.recallrank.cli;
