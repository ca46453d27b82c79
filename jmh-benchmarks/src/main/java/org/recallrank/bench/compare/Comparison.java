package org.recallrank.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.recallrank.bench.cases.KernelCase;
import org.recallrank.bench.peers.Contender;
import org.recallrank.bench.peers.Peer;
import org.recallrank.kernels.Kernels;

/** Times each case of a suite beside each peer that knows it. */
final class Comparison {
  private final List<Peer> peers;
  private final Duel.Effort effort;
  private final Consumer<Row> done;
  private final List<Row> rows = new ArrayList<>();
  private final Set<String> missing = new LinkedHashSet<>();

  /**
   * @param done is told each row as soon as there is one
   */
  Comparison(List<Peer> peers, Duel.Effort effort, Consumer<Row> done) {
    this.peers = peers;
    this.effort = effort;
    this.done = done;
  }

  /**
   * Compares the cases that {@code wanted} accepts by name.
   *
   * @param kernels a backend on that many threads
   */
  void run(List<Suite.Group> suite, Predicate<String> wanted, int threads, Kernels kernels) {
    for (Suite.Group group : suite) {
      for (Supplier<KernelCase> supplier : group.cases()) {
        KernelCase operation = supplier.get();
        if (wanted.test(operation.name())) {
          compare(group.title(), operation, kernels, threads);
        }
      }
    }
  }

  List<Row> rows() {
    return rows;
  }

  void add(Row row) {
    rows.add(row);
    done.accept(row);
  }

  private void compare(String group, KernelCase operation, Kernels kernels, int threads) {
    Contender ours = new KernelContender(operation, kernels);
    operation.check(ours::run);
    effort.warmUp(ours);
    boolean alone = true;
    for (Peer peer : peers) {
      if (!peer.knows(operation)) {
        continue;
      }
      if (peer.missing() == null) {
        add(against(group, peer, operation, ours, threads));
        alone = false;
      } else if (missing.add(peer.name() + " " + group)) {
        add(Row.without(group, null, threads, peer.name(), peer.missing()));
      }
    }
    if (alone) {
      add(
          Row.alone(
              group,
              operation.name(),
              threads,
              operation.work(),
              operation.isRequest()
                  ? RequestDuel.alone(ours, threads, effort)
                  : Duel.alone(ours, threads, effort)));
    }
  }

  private Row against(String group, Peer peer, KernelCase operation, Contender ours, int threads) {
    operation.reset();
    try (Contender theirs = peer.enter(operation, threads)) {
      operation.check(
          () -> {
            theirs.run();
            theirs.collect();
          });
      effort.warmUp(theirs);
      Duel duel =
          operation.isRequest()
              ? RequestDuel.fight(ours, theirs, threads, effort)
              : Duel.fight(ours, theirs, threads, effort);
      return Row.measured(group, operation.name(), threads, peer.name(), operation.work(), duel);
    } catch (AssertionError e) {
      return Row.without(group, operation.name(), threads, peer.name(), "wrong: " + e.getMessage());
    } catch (RuntimeException e) {
      return Row.without(
          group, operation.name(), threads, peer.name(), "failed: " + e.getMessage());
    }
  }
}
