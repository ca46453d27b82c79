package org.recallrank.cli.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.recallrank.model.io.DataException;
import org.recallrank.model.serve.Ranker;
import org.recallrank.model.serve.RankerReference;
import org.recallrank.model.serve.SavedModel;

/**
 * The model that a service scores with, and what it is called.
 *
 * <p>Any number of threads may use and reload it; one reload is done at a time.
 */
public final class ServedModel implements AutoCloseable {
  private static final int DIGITS = 12;

  private final Function<Path, Ranker> loader;
  private final ReentrantLock reloading = new ReentrantLock();
  private final RankerReference reference;

  /** Of the current ranker, and of old ones as long as somebody scores with them. */
  private final Map<Ranker, Identity> identities = Collections.synchronizedMap(new WeakHashMap<>());

  private volatile Served current;

  /**
   * What a model is called.
   *
   * @param id its title and the first digits of its weights' SHA-256
   * @param kernels it computes with
   */
  record Identity(String id, String kernels) {}

  private record Served(Path folder, Identity identity) {}

  private record Loaded(Ranker ranker, Served served) {}

  /**
   * Loads a run.
   *
   * @param loader makes a ranker of a run folder; used for later reloads as well
   * @throws DataException if the run is not there or damaged
   */
  public ServedModel(Path folder, Function<Path, Ranker> loader) {
    this.loader = loader;
    Loaded loaded = load(folder);
    identities.put(loaded.ranker(), loaded.served().identity());
    current = loaded.served();
    reference = new RankerReference(loaded.ranker());
  }

  private Loaded load(Path folder) {
    Ranker ranker = loader.apply(folder);
    try {
      String id = ranker.title() + " " + digest(folder).substring(0, DIGITS);
      return new Loaded(ranker, new Served(folder, new Identity(id, ranker.kernels())));
    } catch (RuntimeException e) {
      ranker.close();
      throw e;
    }
  }

  private static String digest(Path folder) {
    Path file = folder.resolve(SavedModel.MODEL);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw DataException.reading(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /** What is served now. */
  Identity identity() {
    return current.identity();
  }

  /** What is served now, for people: the model's id and its kernels. */
  public String describe() {
    return identity().id() + ", " + identity().kernels() + " kernels";
  }

  /**
   * Has a call answered by the current ranker, which stays open until it returns.
   *
   * @param call also given the id of that ranker's model
   */
  <T> T use(BiFunction<Ranker, String, T> call) {
    return reference.use(ranker -> call.apply(ranker, identities.get(ranker).id()));
  }

  /**
   * Loads a run and has it answer all later calls. If that fails, all stays as it is.
   *
   * @param folder null: the one that is served
   * @throws DataException if the run is not there or damaged, or another reload is under way
   */
  Identity reload(Path folder) {
    if (!reloading.tryLock()) {
      throw new DataException("expected one reload at a time, found another under way");
    }
    try {
      Loaded next = load(folder == null ? current.folder() : folder);
      identities.put(next.ranker(), next.served().identity());
      reference.swap(next.ranker());
      current = next.served();
      return current.identity();
    } finally {
      reloading.unlock();
    }
  }

  /** Closes the ranker when its last call has ended. */
  @Override
  public void close() {
    reference.close();
  }
}
