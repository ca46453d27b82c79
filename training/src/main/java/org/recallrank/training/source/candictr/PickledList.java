package org.recallrank.training.source.candictr;

import java.io.IOException;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.Unpickler;
import org.eclipse.collections.impl.map.mutable.primitive.IntIntHashMap;
import org.recallrank.model.io.DataException;
import org.recallrank.training.source.Malformed;

/**
 * A file that holds one pickled list, read element by element.
 *
 * <p>The library builds whole objects, but it lets its stack be seen: Python writes a list in
 * batches of 1000 elements, and after each the outer list is emptied again. So memory holds 1000
 * elements, and besides only those parts that the file is going to refer to again, which a first
 * pass has found. A writer with larger batches needs memory for its batches.
 */
final class PickledList {
  private final Path file;
  private final PickleCheck.Fetches fetches;

  /**
   * Checks the whole file.
   *
   * @throws DataException as {@link PickleCheck#check}
   */
  PickledList(Path file) {
    this.file = file;
    fetches = PickleCheck.check(file);
  }

  /**
   * Hands out the elements: lists as {@link List}, tuples as arrays, numbers, strings, null.
   *
   * @throws DataException if the file is no list
   */
  void forEach(Consumer<Object> sink) {
    try (PickleInput in = new PickleInput(file)) {
      Elements elements = new Elements(sink);
      Object rest;
      try {
        rest = elements.load(in);
      } catch (SinkFailure e) {
        throw e.failure;
      } catch (DataException e) {
        throw e;
      } catch (RuntimeException e) {
        // An operation that does not fit what is on the stack.
        throw new DataException(
            file + ", byte " + in.position() + ": not a pickle (damaged?): " + e.getMessage(), e);
      }
      if (!(rest instanceof List<?> list)) {
        throw new DataException(
            file + ": expected a list, found " + (rest == null ? "None" : describe(rest)));
      }
      list.forEach(sink); // what came otherwise than by appending: nothing, of Python's own
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }

  /** A value for a message. */
  static String describe(Object value) {
    return switch (value) {
      case null -> "None";
      case List<?> list -> "a list of " + list.size();
      case Object[] tuple -> "a tuple of " + tuple.length;
      default -> Malformed.quote(value.toString());
    };
  }

  /** Carries an error of whoever takes the elements past those of the pickle. */
  private static final class SinkFailure extends RuntimeException {
    private final RuntimeException failure;

    SinkFailure(RuntimeException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  private final class Elements extends Unpickler {
    private final Consumer<Object> sink;

    Elements(Consumer<Object> sink) {
      this.sink = sink;
      memo = new Memo(fetches);
    }

    @Override
    protected Object dispatch(short key) throws IOException {
      if (!PickleCheck.allows(key)) {
        throw new DataException(file + ": changed while it was being read");
      }
      Object value = super.dispatch(key);
      if ((key == Opcodes.APPEND || key == Opcodes.APPENDS) && stack.size() == 1) {
        List<?> outer = (List<?>) stack.peek();
        try {
          outer.forEach(sink);
        } catch (RuntimeException e) {
          throw new SinkFailure(e);
        }
        outer.clear();
      }
      return value;
    }
  }

  /** Remembers what will be asked for again; its size counts the rest too, being the next key. */
  static final class Memo extends AbstractMap<Integer, Object> {
    private final BitSet keys;
    private final IntIntHashMap again;
    private final Map<Integer, Object> objects = new HashMap<>();
    private int size;

    Memo(PickleCheck.Fetches fetches) {
      keys = fetches.keys();
      again = new IntIntHashMap(fetches.again());
    }

    @Override
    public Object put(Integer key, Object value) {
      size++;
      return key >= 0 && keys.get(key) ? objects.put(key, value) : null;
    }

    @Override
    public Object get(Object key) {
      int left = again.get((Integer) key);
      if (left == 0) {
        return objects.remove(key);
      }
      again.put((Integer) key, left - 1);
      return objects.get(key);
    }

    @Override
    public boolean containsKey(Object key) {
      return objects.containsKey(key);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void clear() {
      objects.clear();
    }

    @Override
    public Set<Entry<Integer, Object>> entrySet() {
      return objects.entrySet();
    }
  }
}
