/** Options that commands share, and the files they may come from. */
package org.recallrank.cli.options;
