package org.recallrank.model.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.recallrank.model.io.SafeTensorsReader.Content;
import org.recallrank.model.io.SafeTensorsReader.Entry;

/**
 * A safetensors file that stays where it is: its elements are copied when they are asked for, or
 * read in place. Until nobody refers to it any more it must not be changed, but may be replaced or
 * deleted.
 *
 * <p>Immutable: threads may share it.
 */
public final class MappedTensors {
  private final Content content;

  private MappedTensors(Content content) {
    this.content = content;
  }

  /**
   * Maps a file.
   *
   * @throws DataException as {@link SafeTensors#read}
   */
  public static MappedTensors open(Path file) {
    return new MappedTensors(SafeTensorsReader.map(file, Arena.ofAuto()));
  }

  /** Where it lies. */
  public Path file() {
    return content.file();
  }

  /** What it says besides tensors. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(content.metadata());
  }

  /** The names of all tensors, in the order of the file. */
  public Set<String> names() {
    return Collections.unmodifiableSet(content.entries().keySet());
  }

  /** Type and dimensions, such as {@code F32[3, 10]}; null if there is no such tensor. */
  public String type(String name) {
    Entry entry = content.entries().get(name);
    return entry == null ? null : StoredTensor.type(entry.dtype(), entry.shape());
  }

  /**
   * What to throw where a tensor is not as it should be.
   *
   * @param of what it should fit, such as the schema
   */
  public DataException misfit(String of, String name, String expected) {
    String found = type(name);
    return new DataException(
        "%s: does not fit the %s: %s: expected %s, found %s"
            .formatted(file(), of, name, expected, found == null ? "none" : found));
  }

  /** Whether it is a mask, of which FuxiCTR's files hold constant ones. */
  boolean isMask(String name) {
    return entry(name).dtype() == StoredTensor.DType.BOOL;
  }

  /** Bytes of all tensors. */
  public long bytes() {
    return content.data().byteSize();
  }

  /**
   * A copy of a tensor's elements.
   *
   * @throws DataException if there is no such tensor
   */
  public StoredTensor tensor(String name) {
    return content.tensor(entry(name));
  }

  /**
   * A matrix of type I32 in place, read-only.
   *
   * @throws DataException if there is no such tensor, or it is no matrix of that type
   */
  public MappedInts ints(String name) {
    Entry entry = entry(name);
    if (entry.dtype() != StoredTensor.DType.I32 || entry.shape().length != 2) {
      throw new DataException(
          file() + ": " + name + ": expected a matrix of type I32, found " + type(name));
    }
    MemorySegment elements = content.data().asSlice(entry.begin(), entry.end() - entry.begin());
    return new MappedInts(
        elements, Math.toIntExact(entry.shape()[0]), Math.toIntExact(entry.shape()[1]));
  }

  private Entry entry(String name) {
    Entry entry = content.entries().get(name);
    if (entry == null) {
      throw new DataException(file() + ": there is no tensor " + name + "; found " + names());
    }
    return entry;
  }
}
