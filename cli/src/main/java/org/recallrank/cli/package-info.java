/** The command line: the only room with convenience libraries. */
package org.recallrank.cli;
