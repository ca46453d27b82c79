/**
 * Charts as SVG. Written by hand, because the same picture has to stand in a page, where its
 * colours follow the page's light or dark theme, and in a file of its own: the JVM's chart
 * libraries fix their colours and need an LGPL library for SVG (XChart) or are LGPL themselves
 * (JFreeChart), and those of the browser leave no file without running a script.
 */
package org.recallrank.pages.chart;
