package org.recallrank.training.source.candictr;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import org.eclipse.collections.impl.map.mutable.primitive.IntIntHashMap;
import org.recallrank.model.io.DataException;

/**
 * Looks through a pickle before anything is made of it. A pickle is a program that may call any
 * function; only what makes lists, tuples, numbers and strings gets through, of protocols 2 to 5.
 */
final class PickleCheck {
  private static final int LOWEST_PROTOCOL = 2;
  private static final int HIGHEST_PROTOCOL = 5;

  /** Names of operations for messages; those of protocol 0 and 1 have no need of one. */
  private static final Map<Integer, String> REFUSED =
      Map.ofEntries(
          Map.entry((int) Opcodes.GLOBAL, "GLOBAL"),
          Map.entry((int) Opcodes.STACK_GLOBAL, "STACK_GLOBAL"),
          Map.entry((int) Opcodes.REDUCE, "REDUCE"),
          Map.entry((int) Opcodes.BUILD, "BUILD"),
          Map.entry((int) Opcodes.INST, "INST"),
          Map.entry((int) Opcodes.OBJ, "OBJ"),
          Map.entry((int) Opcodes.NEWOBJ, "NEWOBJ"),
          Map.entry((int) Opcodes.NEWOBJ_EX, "NEWOBJ_EX"),
          Map.entry((int) Opcodes.PERSID, "PERSID"),
          Map.entry((int) Opcodes.BINPERSID, "BINPERSID"),
          Map.entry((int) Opcodes.EXT1, "EXT1"),
          Map.entry((int) Opcodes.EXT2, "EXT2"),
          Map.entry((int) Opcodes.EXT4, "EXT4"),
          Map.entry((int) Opcodes.EMPTY_DICT, "EMPTY_DICT"),
          Map.entry((int) Opcodes.EMPTY_SET, "EMPTY_SET"),
          Map.entry((int) Opcodes.BINBYTES, "BINBYTES"),
          Map.entry((int) Opcodes.SHORT_BINBYTES, "SHORT_BINBYTES"),
          Map.entry((int) Opcodes.BINBYTES8, "BINBYTES8"),
          Map.entry((int) Opcodes.BYTEARRAY8, "BYTEARRAY8"),
          Map.entry((int) Opcodes.NEXT_BUFFER, "NEXT_BUFFER"));

  private final Path file;
  private final PickleInput in;
  private final Fetches fetches = new Fetches(new BitSet(), new IntIntHashMap());

  /**
   * What a pickle asks its memo for: all else need not be remembered, and what has been asked for
   * the last time can be forgotten. Most keys are asked for never or once, so bits say that.
   *
   * @param keys asked for at all
   * @param again how many times more than once, of the keys asked for more than once
   */
  record Fetches(BitSet keys, IntIntHashMap again) {
    private void add(int key) {
      if (keys.get(key)) {
        again.addToValue(key, 1);
      }
      keys.set(key);
    }
  }

  private PickleCheck(Path file, PickleInput in) {
    this.file = file;
    this.in = in;
  }

  /**
   * Checks a file.
   *
   * @throws DataException naming the byte if the file is no such pickle or ends too early
   */
  static Fetches check(Path file) {
    try (PickleInput in = new PickleInput(file)) {
      PickleCheck check = new PickleCheck(file, in);
      try {
        check.protocol();
        while (check.operation()) {
          // goes on to STOP
        }
      } catch (EOFException e) {
        throw new DataException(
            file + ", byte " + in.position() + ": the pickle is not complete: the file ends here");
      }
      return check.fetches;
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }

  private void protocol() throws IOException {
    int first = in.require();
    int version = first == Opcodes.PROTO ? in.require() : -1;
    if (version < LOWEST_PROTOCOL || version > HIGHEST_PROTOCOL) {
      throw new DataException(
          file
              + ", byte 0: expected a pickle of protocol 2 to 5, found "
              + (version < 0 ? "byte " + hex(first) : "protocol " + version));
    }
  }

  /** Passes over one operation; whether it was not the last. */
  private boolean operation() throws IOException {
    long at = in.position();
    int code = in.require();
    switch (argument(code)) {
      case NONE -> {
        return code != Opcodes.STOP;
      }
      case ONE -> in.pass(1);
      case TWO -> in.pass(2);
      case FOUR -> in.pass(4);
      case EIGHT -> in.pass(8);
      case KEY_OF_ONE -> fetches.add(in.require());
      case KEY_OF_FOUR -> fetches.add(length(in.requireNumber(4), at));
      case COUNTED_BY_ONE -> in.pass(in.require());
      case COUNTED_BY_FOUR -> in.pass(length(in.requireNumber(4), at));
      case COUNTED_BY_EIGHT -> in.pass(length(in.requireNumber(8), at));
      case LINE -> {
        while (in.require() != '\n') {
          // a number in text
        }
      }
      case REFUSED -> throw refused(code, at);
    }
    return true;
  }

  private int length(long number, long at) {
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new DataException(
          file + ", byte " + at + ": expected a number below 2^31, found " + number);
    }
    return (int) number;
  }

  private DataException refused(int code, long at) {
    return new DataException(
        file
            + ", byte "
            + at
            + ": expected lists, tuples, numbers and strings, found the operation "
            + REFUSED.getOrDefault(code, hex(code))
            + ", which makes other things or runs code; nothing of it was carried out. Save it in"
            + " Python as plain lists, with int() around numbers of other libraries");
  }

  private static String hex(int value) {
    return "0x%02x".formatted(value);
  }

  /** What follows an operation. */
  private enum Argument {
    NONE,
    ONE,
    TWO,
    FOUR,
    EIGHT,
    KEY_OF_ONE,
    KEY_OF_FOUR,
    COUNTED_BY_ONE,
    COUNTED_BY_FOUR,
    COUNTED_BY_EIGHT,
    LINE,
    REFUSED
  }

  /** Whether an operation is one of those that may be carried out. */
  static boolean allows(int code) {
    return code == Opcodes.PROTO || argument(code) != Argument.REFUSED;
  }

  private static Argument argument(int code) {
    return switch (code) {
      case Opcodes.MARK,
          Opcodes.STOP,
          Opcodes.EMPTY_LIST,
          Opcodes.APPEND,
          Opcodes.APPENDS,
          Opcodes.EMPTY_TUPLE,
          Opcodes.TUPLE,
          Opcodes.TUPLE1,
          Opcodes.TUPLE2,
          Opcodes.TUPLE3,
          Opcodes.NONE,
          Opcodes.NEWTRUE,
          Opcodes.NEWFALSE,
          Opcodes.MEMOIZE ->
          Argument.NONE;
      case Opcodes.BININT1, Opcodes.BINPUT -> Argument.ONE;
      case Opcodes.BININT2 -> Argument.TWO;
      case Opcodes.BININT, Opcodes.LONG_BINPUT -> Argument.FOUR;
      case Opcodes.BINFLOAT, Opcodes.FRAME -> Argument.EIGHT;
      case Opcodes.BINGET -> Argument.KEY_OF_ONE;
      case Opcodes.LONG_BINGET -> Argument.KEY_OF_FOUR;
      case Opcodes.LONG1, Opcodes.SHORT_BINUNICODE, Opcodes.SHORT_BINSTRING ->
          Argument.COUNTED_BY_ONE;
      case Opcodes.LONG4, Opcodes.BINUNICODE, Opcodes.BINSTRING -> Argument.COUNTED_BY_FOUR;
      case Opcodes.BINUNICODE8 -> Argument.COUNTED_BY_EIGHT;
      case Opcodes.INT -> Argument.LINE; // Python 2 writes large numbers so, in protocol 2 too
      default -> Argument.REFUSED;
    };
  }
}
