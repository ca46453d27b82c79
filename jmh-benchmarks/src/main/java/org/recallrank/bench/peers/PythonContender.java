package org.recallrank.bench.peers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An operation in a Python process that lives as long as this object, so that it can be timed in
 * turns with ours. It times itself: the pipe between the two costs nothing. See {@code
 * contender.py}, the other end.
 */
abstract class PythonContender implements Contender {
  private static final String HELPER = "contender.py";

  private final Path folder;
  private Process process;
  private BufferedReader answers;
  private BufferedWriter requests;

  PythonContender() {
    try {
      folder = Files.createTempDirectory("recallrank-peer");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the script, when its input files are written. */
  final void start(Python python, String script, int threads, List<String> arguments) {
    try {
      copyResource(HELPER);
      copyResource(script);
      List<String> command = new ArrayList<>(List.of(python.program(), script, "" + threads));
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectError(folder.resolve("stderr").toFile());
      builder.environment().put("OMP_NUM_THREADS", "" + threads);
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      process = builder.start();
      answers = process.inputReader(StandardCharsets.UTF_8);
      requests = process.outputWriter(StandardCharsets.UTF_8);
      expect("ready", answers.readLine());
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void copyResource(String name) throws IOException {
    try (InputStream script = PythonContender.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      Files.copy(script, folder.resolve(name));
    }
  }

  @Override
  public final void run() {
    seconds(0);
  }

  @Override
  public final double seconds(long nanoseconds) {
    return Double.parseDouble(ask("time " + nanoseconds));
  }

  @Override
  public final void collect() {
    expect("done", ask("collect"));
    read();
  }

  /** Copies the output files into the case. */
  abstract void read();

  private String ask(String request) {
    try {
      requests.write(request + "\n");
      requests.flush();
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException("the Python process ended: " + lastError());
      }
      return answer;
    } catch (IOException e) {
      throw new IllegalStateException("the Python process ended: " + lastError(), e);
    }
  }

  private void expect(String expected, String found) {
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          "the Python process: expected \"" + expected + "\", found " + found + ": " + lastError());
    }
  }

  private String lastError() {
    try {
      process.waitFor(1, TimeUnit.SECONDS); // let it finish writing
      String[] lines = Files.readString(folder.resolve("stderr")).strip().split("\n");
      return lines[lines.length - 1];
    } catch (IOException e) {
      return "no message";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  final void write(String name, float[] values) {
    ByteBuffer bytes = bytes((long) Float.BYTES * values.length);
    bytes.asFloatBuffer().put(values);
    write(name, bytes);
  }

  final void write(String name, int[] values) {
    ByteBuffer bytes = bytes((long) Integer.BYTES * values.length);
    bytes.asIntBuffer().put(values);
    write(name, bytes);
  }

  final void write(String name, long[] values) {
    ByteBuffer bytes = bytes((long) Long.BYTES * values.length);
    bytes.asLongBuffer().put(values);
    write(name, bytes);
  }

  private static ByteBuffer bytes(long size) {
    return ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(String name, ByteBuffer bytes) {
    try (FileChannel file =
        FileChannel.open(
            folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  final void read(String name, float[] values) {
    read(name, (long) Float.BYTES * values.length).asFloatBuffer().get(values);
  }

  final void read(String name, int[] values) {
    read(name, (long) Integer.BYTES * values.length).asIntBuffer().get(values);
  }

  private ByteBuffer read(String name, long expected) {
    try {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      if (bytes.length != expected) {
        throw new IllegalStateException(
            "output " + name + ": expected " + expected + " bytes, found " + bytes.length);
      }
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public final void close() {
    if (process != null) {
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
