package org.recallrank.training.source.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.recallrank.model.io.DataException;
import org.recallrank.model.schema.Encoding;
import org.recallrank.model.schema.RawRow;
import org.recallrank.model.schema.Vocabulary;
import org.recallrank.training.data.EncodingBuilder;
import org.recallrank.training.metrics.Metrics;
import org.recallrank.training.recall.Pool;
import org.recallrank.training.source.Split;
import org.recallrank.training.source.SplitRatios;
import org.recallrank.training.source.TestSource;
import org.recallrank.training.source.world.GeneratedWorld.Config;

class GeneratedWorldTest {
  private static final Set<Split> ALL = EnumSet.allOf(Split.class);

  private final GeneratedWorld world = new GeneratedWorld(Config.defaults());
  private final Encoding encoding = EncodingBuilder.fit(world, 1);

  @Test
  void rowsAreTheSameOnEveryReadAndForEverySplitAlone() {
    GeneratedWorld small = new GeneratedWorld(Config.ofRows(1003, 7));
    List<String> lines = TestSource.lines(small, ALL);
    assertThat(lines).hasSize(1003).isEqualTo(TestSource.lines(small, ALL));
    List<String> alone = new ArrayList<>();
    for (Split split : Split.values()) {
      List<String> part = TestSource.lines(small, EnumSet.of(split));
      assertThat(part).hasSize((int) small.rows(split));
      alone.addAll(part);
    }
    assertThat(alone).isEqualTo(lines);
    assertThat(TestSource.lines(new GeneratedWorld(Config.ofRows(1003, 8)), ALL))
        .isNotEqualTo(lines);
  }

  @Test
  void usersHaveFewRowsEach() {
    double rowsPerUser = (double) world.rows(Split.TRAIN) / encoding.vocabularies().get(0).size();
    assertThat(rowsPerUser).isBetween(5.0, 10.0);
  }

  /** Clicks happen with the stated chance: overall, and in each tenth of the chances. */
  @Test
  void clicksFollowTheirProbability() {
    float[] probabilities = world.probabilities(Split.TRAIN);
    float[] labels = labels(Split.TRAIN);
    double[] excess = new double[10];
    double[] variance = new double[10];
    for (int i = 0; i < labels.length; i++) {
      double p = probabilities[i];
      excess[(int) (10 * p)] += labels[i] - p;
      variance[(int) (10 * p)] += p * (1 - p);
    }
    for (int tenth = 0; tenth < 10; tenth++) {
      assertThat(excess[tenth]).isCloseTo(0, within(4 * Math.sqrt(variance[tenth])));
    }
  }

  /**
   * What RAR needs: a user's own rows say little, those of its look-alikes much, recall items
   * something, and nothing comes near the truth.
   */
  @Test
  void lookAlikesAndRecallItemsKnowMoreThanTheUsersOwnRows() {
    Predictors predictors = new Predictors(world, encoding);
    double item = predictors.auc((user, category) -> 0);
    double own = predictors.auc(predictors::ownHistory);
    double lookAlikes = predictors.auc(predictors::lookAlikeHistory);
    double recall = predictors.auc(predictors::recallItems);
    double best = predictors.metrics(world.probabilities(Split.TEST)).auc();
    assertThat(best).isBetween(0.77, 0.81);
    assertThat(own).isBetween(item - 0.02, item + 0.02);
    assertThat(lookAlikes).isGreaterThan(own + 0.05).isLessThan(best - 0.02);
    assertThat(recall).isGreaterThan(own + 0.02).isLessThan(best - 0.02);
  }

  @Test
  void theRecallStageIsMostlyRight() {
    Pool lookAlikes = world.lookAlikes(encoding, 50);
    Vocabulary users = encoding.vocabularies().get(0);
    int right = 0;
    int all = 0;
    for (int user = 1; user < users.outOfVocabulary(); user++) {
      int community = world.community(number(users.token(user)));
      for (int i = 0; i < lookAlikes.count(user); i++) {
        int other = lookAlikes.members()[50 * user + i];
        assertThat(other).isNotEqualTo(user);
        all++;
        right += world.community(number(users.token(other))) == community ? 1 : 0;
      }
    }
    assertThat((double) right / all).isBetween(0.7, 0.9);
    assertThat(all).isGreaterThan(49 * (users.size() - 2));
    Pool recall = world.recallItems(encoding, 100);
    assertThat(recall.users()).isEqualTo(users.size());
    assertThat(recall.count(1)).isEqualTo(100);
    assertThat(recall.count(0)).isZero();
    assertThat(recall.count(users.outOfVocabulary())).isZero();
  }

  @Test
  void impossibleWorldsAreRefused() {
    assertThatThrownBy(() -> new Config(1, 100, 10, 100, 6, 5, new SplitRatios(8, 1, 1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("10 users, 6 communities");
  }

  private float[] labels(Split split) {
    float[] labels = new float[(int) world.rows(split)];
    int[] at = new int[1];
    world.read(EnumSet.of(split), (ignored, row) -> labels[at[0]++] = row.label);
    return labels;
  }

  private static int number(String token) {
    return Integer.parseInt(token.substring(1));
  }

  /** Hand-made predictors: the item's click rate, plus what is known of user and category. */
  private static final class Predictors {
    private static final int POOL = 50;

    private final GeneratedWorld world;
    private final Encoding encoding;
    private final int categories = Config.defaults().categories();
    private final int[][] shown;
    private final int[][] clicked;
    private final int[] itemShown;
    private final int[] itemClicked;
    private final Pool lookAlikes;
    private final Pool recall;

    interface Knowledge {
      /** What is added to the logit. */
      double of(int user, int category);
    }

    Predictors(GeneratedWorld world, Encoding encoding) {
      this.world = world;
      this.encoding = encoding;
      shown = new int[encoding.vocabularies().get(0).size()][categories];
      clicked = new int[shown.length][categories];
      itemShown = new int[encoding.vocabularies().get(2).size()];
      itemClicked = new int[itemShown.length];
      lookAlikes = world.lookAlikes(encoding, POOL);
      recall = world.recallItems(encoding, POOL);
      world.read(
          EnumSet.of(Split.TRAIN),
          (split, row) -> {
            int user = user(row);
            int category = category(row);
            shown[user][category]++;
            clicked[user][category] += (int) row.label;
            itemShown[item(row)]++;
            itemClicked[item(row)] += (int) row.label;
          });
    }

    private int user(RawRow row) {
      return encoding.vocabularies().get(0).row(row.tokens[0]);
    }

    private int item(RawRow row) {
      return encoding.vocabularies().get(2).row(row.tokens[2]);
    }

    private int category(RawRow row) {
      return world.category(number(row.tokens[2]));
    }

    double ownHistory(int user, int category) {
      return logit(clicked[user][category], shown[user][category], 2);
    }

    double lookAlikeHistory(int user, int category) {
      int sumClicked = 0;
      int sumShown = 0;
      for (int i = 0; i < POOL; i++) {
        int other = lookAlikes.members()[POOL * user + i];
        sumClicked += clicked[other][category];
        sumShown += shown[other][category];
      }
      return logit(sumClicked, sumShown, 2);
    }

    double recallItems(int user, int category) {
      int same = 0;
      for (int i = 0; i < recall.count(user); i++) {
        String item = encoding.vocabularies().get(2).token(recall.members()[POOL * user + i]);
        same += world.category(number(item)) == category ? 1 : 0;
      }
      return 0.3 * same;
    }

    private static double logit(int clicks, int shows, double prior) {
      double rate = (clicks + 0.38 * prior) / (shows + prior);
      return Math.log(rate / (1 - rate));
    }

    double auc(Knowledge knowledge) {
      float[] scores = new float[(int) world.rows(Split.TEST)];
      int[] at = new int[1];
      world.read(
          EnumSet.of(Split.TEST),
          (split, row) -> {
            double logit =
                logit(itemClicked[item(row)], itemShown[item(row)], 20)
                    + knowledge.of(user(row), category(row));
            scores[at[0]++] = (float) (1 / (1 + Math.exp(-logit)));
          });
      return metrics(scores).auc();
    }

    Metrics metrics(float[] scores) {
      float[] labels = new float[scores.length];
      int[] at = new int[1];
      world.read(EnumSet.of(Split.TEST), (split, row) -> labels[at[0]++] = row.label);
      return Metrics.of(labels, scores, null);
    }
  }
}
