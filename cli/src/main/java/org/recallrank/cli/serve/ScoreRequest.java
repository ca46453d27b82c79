package org.recallrank.cli.serve;

import java.util.List;
import java.util.Map;
import org.recallrank.model.serve.Features;

/**
 * What a client asks.
 *
 * @param top how many items to name; all if the request does not say
 */
record ScoreRequest(Features user, List<Features> items, Map<String, String> context, int top) {}
