package org.recallrank.model.io;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.recallrank.model.files.AtomicFile;

/**
 * The content of a safetensors file: named tensors and a map of strings.
 *
 * <p>Layout: 8 bytes little-endian length N of the header; N bytes of JSON {@code {"__metadata__":
 * {..}, "name": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..}}, padded with
 * spaces; then the elements, row-major and little-endian on every machine, without gaps.
 *
 * <p>May be shared by threads that do not write to the arrays.
 *
 * @param tensors in the order of the file
 * @param metadata empty if the file has none
 */
public record SafeTensors(Map<String, StoredTensor> tensors, Map<String, String> metadata) {

  /** The key that holds the metadata, hence no name for a tensor. */
  static final String METADATA = "__metadata__";

  /**
   * Copies both maps, but no elements.
   *
   * @throws IllegalArgumentException if a tensor is called {@code __metadata__}
   */
  public SafeTensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    if (tensors.containsKey(METADATA)) {
      throw new IllegalArgumentException(METADATA + " is no name for a tensor");
    }
  }

  /**
   * Reads a file whole. Each length and offset is checked before anything of its size is allocated.
   *
   * @throws DataException if the file is missing, cut off, garbled, or holds a type other than F32,
   *     I32, I64 and BOOL
   */
  public static SafeTensors read(Path file) {
    return SafeTensorsReader.read(file);
  }

  /**
   * Writes a file atomically (see {@link AtomicFile}). The same content in the same order gives the
   * same bytes. So that every element is aligned, wider types come first; otherwise the order is
   * that of the map.
   *
   * @throws DataException if the file cannot be written; then nothing has changed
   */
  public void write(Path file) {
    SafeTensorsWriter.write(file, this);
  }

  /** The tensor of this name, or an error that names the file's tensors. */
  public StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new DataException("no tensor " + name + "; there are " + tensors.keySet());
    }
    return tensor;
  }
}
