package org.recallrank.training.source.movielens;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.collections.impl.list.mutable.primitive.IntArrayList;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;
import org.eclipse.collections.impl.set.mutable.primitive.LongHashSet;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.RawRow;
import org.recallrank.tensor.CounterRandom;

/**
 * Distinct (user, movie, tag) triples: first those that were observed, then random ones, in memory
 * with 12 bytes each and 8 for finding doubles.
 */
final class TagTriples {
  /** Users, movies and tags each must fit so many bits of a key. */
  private static final int BITS = 21;

  /** Draws per tag of the vocabulary after which no free tag is thought to be left. */
  private static final int PATIENCE = 100;

  private final Names users = new Names("users");
  private final Names movies = new Names("movies");
  private final Names tags = new Names("tags");
  private final IntArrayList user = new IntArrayList();
  private final IntArrayList movie = new IntArrayList();
  private final IntArrayList tag = new IntArrayList();
  private final LongHashSet taken = new LongHashSet();
  private int observed;

  /** Numbers names by their first appearance. */
  private static final class Names {
    private final String what;
    private final ObjectIntHashMap<String> numbers = new ObjectIntHashMap<>();
    private final List<String> names = new ArrayList<>();

    Names(String what) {
      this.what = what;
    }

    int number(String name) {
      int number = numbers.getIfAbsentPut(name, names.size());
      if (number == names.size()) {
        names.add(name);
        if (names.size() > 1 << BITS) {
          throw new DataException("more than " + (1 << BITS) + " " + what + " are not supported");
        }
      }
      return number;
    }
  }

  /** Adds an observed triple, if it is new. */
  void observe(String userId, String movieId, String tagText) {
    if (add(users.number(userId), movies.number(movieId), tags.number(tagText))) {
      observed++;
    }
  }

  /**
   * Adds {@code perTriple} random triples for each observed one: same user and movie, a tag drawn
   * uniformly among those that make no double.
   */
  void addRandom(int perTriple, CounterRandom random) {
    int vocabulary = tags.names.size();
    for (int t = 0; t < observed; t++) {
      for (int n = 0; n < perTriple; n++) {
        long draws = (long) PATIENCE * vocabulary;
        while (!add(user.get(t), movie.get(t), (int) random.below(vocabulary))) {
          if (--draws == 0) {
            throw new DataException(
                "the %d different tags are too few to draw %d others for each tag of a movie"
                    .formatted(vocabulary, perTriple));
          }
        }
      }
    }
  }

  private boolean add(int userNumber, int movieNumber, int tagNumber) {
    long key = ((long) userNumber << BITS | movieNumber) << BITS | tagNumber;
    if (!taken.add(key)) {
      return false;
    }
    user.add(userNumber);
    movie.add(movieNumber);
    tag.add(tagNumber);
    return true;
  }

  int size() {
    return user.size();
  }

  int observed() {
    return observed;
  }

  /** Writes triple t as user, movie, tag and label. */
  void fill(int t, RawRow row) {
    row.tokens[0] = users.names.get(user.get(t));
    row.tokens[1] = movies.names.get(movie.get(t));
    row.tokens[2] = tags.names.get(tag.get(t));
    row.label = t < observed ? 1 : 0;
  }
}
