package org.recallrank.cli.serve;

import java.time.Duration;

/**
 * What a service takes on.
 *
 * @param body most bytes of a request
 * @param candidates most items of a request
 * @param concurrent most requests that are scored or wait for it
 * @param threads most requests that are scored at a time
 * @param timeout for a request, from its first byte to the last of its answer
 */
public record Limits(int body, int candidates, int concurrent, int threads, Duration timeout) {}
