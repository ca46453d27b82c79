package org.recallrank.model.files;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import org.recallrank.model.io.DataException;

/** Opens text files so that bytes of another encoding are an error instead of question marks. */
public final class TextFile {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private TextFile() {}

  /** Opens a file; a UTF-8 byte order mark at its start is left out. */
  public static Reader open(Path file, Charset charset) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(BYTE_ORDER_MARK.length);
      if (!Arrays.equals(in.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
        in.reset();
      }
    } catch (IOException e) {
      in.close();
      throw e;
    }
    return new InputStreamReader(
        in,
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  /** An I/O failure while reading text, with the place as far as it is known. */
  public static DataException failure(Path file, long line, Charset charset, IOException cause) {
    return cause instanceof CharacterCodingException
        ? new DataException(
            file
                + ": expected "
                + charset
                + " text, found other bytes after line "
                + line
                + "; convert the file, for example with iconv",
            cause)
        : DataException.reading(file, cause);
  }

  /** Path, size and time of change: what tells one state of a file from another. */
  public static String fingerprint(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return file.toAbsolutePath().normalize()
          + " "
          + attributes.size()
          + " "
          + attributes.lastModifiedTime().toInstant();
    } catch (IOException e) {
      throw DataException.reading(file, e);
    }
  }
}
