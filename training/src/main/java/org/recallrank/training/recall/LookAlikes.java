package org.recallrank.training.recall;

import java.util.Arrays;
import org.eclipse.collections.impl.list.mutable.primitive.IntArrayList;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;
import org.eclipse.collections.impl.set.mutable.primitive.IntHashSet;

/**
 * Look-alike users by what they have in common: the cosine of their binary features, each weighted
 * by its inverse document frequency ln(users / users that have it). A feature of more than {@value
 * #COMMON} users says little about any of them and would cost time with the square of its users, so
 * it is left out.
 *
 * <p>Serves one thread at a time.
 */
public final class LookAlikes {
  private static final int COMMON = 1000;

  private final int users;
  private final ObjectIntHashMap<String> numbers = new ObjectIntHashMap<>();
  private final IntHashSet[] features;

  /**
   * Starts with users that have no features.
   *
   * @param users table rows of users
   */
  public LookAlikes(int users) {
    this.users = users;
    features = new IntHashSet[users];
  }

  /** Notes that a user has a feature. */
  public void add(int user, String feature) {
    if (features[user] == null) {
      features[user] = new IntHashSet();
    }
    features[user].add(numbers.getIfAbsentPut(feature, numbers.size()));
  }

  /** The most similar users of each, those with something in common only. */
  public Pool pool(int width) {
    IntArrayList[] having = new IntArrayList[numbers.size()];
    Arrays.setAll(having, f -> new IntArrayList());
    int known = 0;
    for (int user = 0; user < users; user++) {
      if (features[user] != null) {
        known++;
        for (int feature : features[user].toSortedArray()) {
          having[feature].add(user);
        }
      }
    }
    double[] squaredWeight = new double[having.length];
    for (int f = 0; f < having.length; f++) {
      double weight = Math.log((double) known / having[f].size());
      squaredWeight[f] = having[f].size() > COMMON ? 0 : weight * weight;
    }
    double[] norm = new double[users];
    for (int user = 0; user < users; user++) {
      norm[user] = Math.sqrt(squaredNorm(user, squaredWeight));
    }
    Pool pool = Pool.empty(users, width);
    double[] shared = new double[users];
    for (int user = 0; user < users; user++) {
      if (norm[user] > 0) {
        offer(user, having, squaredWeight, norm, shared, pool);
      }
    }
    return pool;
  }

  private double squaredNorm(int user, double[] squaredWeight) {
    double sum = 0;
    if (features[user] != null) {
      for (int feature : features[user].toSortedArray()) {
        sum += squaredWeight[feature];
      }
    }
    return sum;
  }

  /**
   * @param shared zeros, and zeros again afterwards
   */
  private void offer(
      int user,
      IntArrayList[] having,
      double[] squaredWeight,
      double[] norm,
      double[] shared,
      Pool pool) {
    IntArrayList others = new IntArrayList();
    for (int feature : features[user].toSortedArray()) {
      for (int i = 0; squaredWeight[feature] > 0 && i < having[feature].size(); i++) {
        int other = having[feature].get(i);
        if (shared[other] == 0) {
          others.add(other);
        }
        shared[other] += squaredWeight[feature];
      }
    }
    others.sortThis(); // of equally similar ones the lower table row comes first
    for (int i = 0; i < others.size(); i++) {
      int other = others.get(i);
      if (other != user) {
        pool.offer(user, other, (float) (shared[other] / (norm[user] * norm[other])));
      }
      shared[other] = 0;
    }
  }
}
