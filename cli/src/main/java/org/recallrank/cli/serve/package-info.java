/**
 * A run behind HTTP: requests in and out as JSON, limits, metrics, and another run in its place.
 */
package org.recallrank.cli.serve;
