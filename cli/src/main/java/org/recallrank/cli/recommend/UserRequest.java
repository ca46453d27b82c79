package org.recallrank.cli.recommend;

/**
 * A user who wants a list, in a context.
 *
 * @param id of the user
 * @param ids its fields, as {@link org.recallrank.model.serve.Ranker#userIds} gives them
 * @param context as {@link org.recallrank.model.serve.Ranker#contextIds} gives it
 */
record UserRequest(String id, int[] ids, int[] context) {}
