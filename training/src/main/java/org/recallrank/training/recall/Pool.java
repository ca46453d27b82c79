package org.recallrank.training.recall;

import java.util.Arrays;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.schema.Vocabulary;

/**
 * For each user a list of items, or of look-alike users, best first: what a recall stage hands to
 * the ranking.
 *
 * @param width places per user
 * @param members table rows, [users * width]; the list of table row u begins at u * width; places
 *     that are left over hold {@link Vocabulary#PADDING}
 * @param scores of the members, [users * width], not increasing; negative infinity for padding
 */
public record Pool(int width, int[] members, float[] scores) {
  private static final long MOST_PLACES = Integer.MAX_VALUE - 8; // longest array of HotSpot

  /**
   * Takes the arrays as they are, without a copy.
   *
   * @throws IllegalArgumentException if they differ in length, or are no multiple of the width
   */
  public Pool {
    if (width < 1 || members.length % width != 0 || scores.length != members.length) {
      throw new IllegalArgumentException(
          "a pool of width "
              + width
              + " with "
              + members.length
              + " members and "
              + scores.length
              + " scores");
    }
  }

  /** A pool of padding. */
  public static Pool empty(int users, int width) {
    int size = places(users, width);
    float[] scores = new float[size];
    Arrays.fill(scores, Float.NEGATIVE_INFINITY);
    return new Pool(width, new int[size], scores);
  }

  /**
   * Places of so many lists together.
   *
   * @throws SettingsException if no array has as many
   */
  public static int places(long lists, int width) {
    if (lists * width > MOST_PLACES) {
      throw new SettingsException(
          "pool_items, pool_users, recall_folds: expected at most "
              + MOST_PLACES / lists
              + " places for each of "
              + lists
              + " lists, found "
              + width);
    }
    return (int) lists * width;
  }

  /** How many table rows of users. */
  public int users() {
    return members.length / width;
  }

  /** How many members a user has. */
  public int count(int user) {
    int count = 0;
    while (count < width && members[user * width + count] != Vocabulary.PADDING) {
      count++;
    }
    return count;
  }

  /** Whether all places of a user are taken. */
  public boolean full(int user) {
    return members[(user + 1) * width - 1] != Vocabulary.PADDING;
  }

  /**
   * Puts a member in its place, if its score is among the best. Of equal scores the one that was
   * offered first comes first; a member that is there already keeps the better of its scores.
   */
  public void offer(int user, int member, float score) {
    int begin = user * width;
    int at = begin;
    while (at < begin + width && scores[at] >= score) {
      if (members[at++] == member) {
        return;
      }
    }
    if (at == begin + width) {
      return;
    }
    int end = at;
    while (end < begin + width - 1
        && members[end] != Vocabulary.PADDING
        && members[end] != member) {
      end++;
    }
    System.arraycopy(members, at, members, at + 1, end - at);
    System.arraycopy(scores, at, scores, at + 1, end - at);
    members[at] = member;
    scores[at] = score;
  }
}
