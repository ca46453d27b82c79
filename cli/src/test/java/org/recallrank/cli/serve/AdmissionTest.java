package org.recallrank.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdmissionTest {
  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private static int waitFor(CountDownLatch begun, CountDownLatch end) throws InterruptedException {
    begun.countDown();
    end.await();
    return 7;
  }

  @Test
  void whoFindsNoSlotIsRefusedUntilOneIsFree() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Admission admission = new Admission(1, 1);
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Integer> first = thread.submit(() -> admission.run(() -> waitFor(begun, end)));
      begun.await();
      assertThatThrownBy(() -> admission.run(() -> 8))
          .isInstanceOf(RequestException.class)
          .hasMessage("expected at most 1 requests at a time (--max-concurrent), found more");
      end.countDown();
      assertThat(first.get()).isEqualTo(7);
      assertThat(admission.run(() -> 8)).isEqualTo(8);
    }
  }

  @Test
  void whoWaitsTooLongGivesTheSlotBack() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Admission admission = new Admission(2, 1);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> first = threads.submit(() -> admission.run(() -> waitFor(begun, end)));
      begun.await();
      Future<Boolean> second =
          threads.submit(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  admission.run(() -> waitFor(begun, NEVER));
                  return false;
                } catch (InterruptedException e) {
                  return true;
                }
              });
      assertThat(second.get()).isTrue();
      Future<Integer> third = threads.submit(() -> admission.run(() -> 9));
      end.countDown();
      assertThat(first.get()).isEqualTo(7);
      assertThat(third.get()).as("what nobody waits for is not begun").isEqualTo(9);
    }
  }

  @Test
  void failuresAreThoseOfTheWork() {
    try (Admission admission = new Admission(1, 1)) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(
                () ->
                    admission.run(
                        () -> {
                          throw new IllegalStateException("why");
                        }))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("why");
      }
    }
  }
}
