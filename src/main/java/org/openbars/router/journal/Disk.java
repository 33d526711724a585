package org.openbars.router.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What the journal asks of a file system; tests put one here that fails, delays and forgets. Every
 * call may block for as long as the disk takes. Files and folders are the owner's alone.
 */
interface Disk {
  /** An open file. Reading and writing at once, on several threads, is allowed. */
  interface Content extends Closeable {
    int write(ByteBuffer from, long at) throws IOException;

    /** Bytes read, -1 at the end. */
    int read(ByteBuffer into, long at) throws IOException;

    /** Brings what was written to the disk; {@code all}: with times and size. */
    void force(boolean all) throws IOException;

    void truncate(long size) throws IOException;

    long size() throws IOException;

    @Override
    void close() throws IOException;
  }

  void makeFolder(Path folder) throws IOException;

  /** Held until closed, or the process ends. */
  Closeable lock(Path file, Path folder) throws IOException;

  List<Path> list(Path folder) throws IOException;

  /** A new file. */
  Content create(Path file) throws IOException;

  /** One that is there. */
  Content open(Path file) throws IOException;

  void delete(Path file) throws IOException;

  void move(Path from, Path to) throws IOException;

  long size(Path file) throws IOException;

  long modifiedMillis(Path file) throws IOException;

  /** Brings a folder's list of files to the disk. */
  void forceFolder(Path folder) throws IOException;

  /** Writes all of {@code from}. */
  static void writeFully(Content file, ByteBuffer from, long at) throws IOException {
    long to = at;
    while (from.hasRemaining()) {
      to += file.write(from, to);
    }
  }

  /** Reads from {@code at} until {@code into} is full or the file ends; {@code into} is flipped. */
  static void readFully(Content file, ByteBuffer into, long at) throws IOException {
    int start = into.position();
    while (into.hasRemaining()) {
      int got = file.read(into, at + into.position() - start);
      if (got < 0) {
        break;
      }
    }
    into.limit(into.position()).position(start);
  }
}
