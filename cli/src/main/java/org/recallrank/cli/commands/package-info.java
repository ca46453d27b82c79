/** What can be done from the command line, a class for each command. */
package org.recallrank.cli.commands;
