package org.recallrank.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.recallrank.model.files.AtomicFile;

/**
 * A folder that is filled beside the place where it is to appear, and then moved there whole.
 *
 * <p>It is deleted if it was not moved, also when the process is asked to end (Ctrl-C). What a
 * process left that ended otherwise is found by {@link #deleteAbandoned} from the next day on.
 */
final class TemporaryFolder implements AutoCloseable {
  /** As {@link AtomicFile#temporary} makes them. */
  private static final Pattern NAME = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.tmp");

  /** Longer than anybody takes to fill one. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path target;
  private final Path path;
  private final Thread onExit;

  /**
   * Makes the folder.
   *
   * @param target where it is to appear; the parent must be there
   */
  TemporaryFolder(Path target) throws IOException {
    this.target = target;
    path = AtomicFile.temporary(target);
    onExit = new Thread(this::takeAway);
    Runtime.getRuntime().addShutdownHook(onExit);
    Files.createDirectory(path);
  }

  Path path() {
    return path;
  }

  /** Moves it to its place, where nothing may be. */
  void move() throws IOException {
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Deletes it if it was not moved. */
  @Override
  public void close() {
    deleteTree(path);
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The process is ending: the hook runs.
    }
  }

  /** Deletes it while it is being filled: under another name, as nothing more gets into it then. */
  private void takeAway() {
    Path aside = AtomicFile.temporary(target);
    try {
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      deleteTree(aside);
    } catch (IOException e) {
      // It has just been moved to its place, or deleted.
    }
  }

  /** Deletes those in a folder of ours that a process left long ago. */
  static void deleteAbandoned(Path parent) {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> old = Files.newDirectoryStream(parent)) {
      for (Path folder : old) {
        if (NAME.matcher(folder.getFileName().toString()).matches()
            && Files.isDirectory(folder)
            && Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
          deleteTree(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Another process does the same just now; whoever comes next finds the rest.
    }
  }

  /** Deletes a folder with all that is in it; what cannot be deleted stays. */
  static void deleteTree(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // What is left over does no harm, and the first error matters more.
    }
  }
}
