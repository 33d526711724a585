package org.openbars.router.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The seal files of one folder: {@code seal-NODE-YYYYMMDD.jsonl}, a line each time a node seals.
 * Each line names the hash of the one before, over the days, so that none can be taken out unseen.
 * The folder is meant to be another machine's, or write-once: it is never made here. Blocking.
 */
public final class SealFiles {
  static final Pattern NAME = Pattern.compile("seal-(.+)-([0-9]{8})\\.jsonl");

  private static final DateTimeFormatter DAY = DateTimeFormatter.BASIC_ISO_DATE;
  private static final int MAX_NODE = 128;

  private final Path folder;
  private final String node;
  private final PrivateKey key;

  public SealFiles(Path folder, String node, PrivateKey key) {
    this.folder = folder;
    this.node = node;
    this.key = key;
  }

  /** Appends one line with these heads and has it on disk when it returns. */
  public void append(Instant now, Collection<ChainHead> heads) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    String day = DAY.format(LocalDate.ofInstant(now, ZoneOffset.UTC));
    Path file = folder.resolve(prefix(node) + day + ".jsonl");
    boolean isNew = !Files.exists(file);
    // The lock: two processes of one name would both continue the same line.
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      String last = lastLine(channel);
      String previous = last.isEmpty() ? lastBefore(file) : SealLine.hash(last);
      // A line that a crash cut short stays; the next begins a line of its own.
      String line =
          (endsInALine(channel) ? "" : "\n")
              + SealLine.write(now, node, heads, previous, key)
              + "\n";
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(line);
      for (long at = channel.size(); bytes.hasRemaining(); ) {
        at += channel.write(bytes, at);
      }
      channel.force(true);
      if (!lock.isValid()) {
        throw new IOException("the lock of " + file + " was lost");
      }
    }
    if (isNew) {
      forceFolder();
    }
  }

  private static String prefix(String node) {
    String safe = node.replaceAll("[^A-Za-z0-9._-]", "_");
    return "seal-" + safe.substring(0, Math.min(safe.length(), MAX_NODE)) + "-";
  }

  private static boolean endsInALine(FileChannel channel) throws IOException {
    if (channel.size() == 0) {
      return true;
    }
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, channel.size() - 1);
    return last.get(0) == '\n';
  }

  /** The last line, whole or not; a file holds a day's, some 1,440, and is read as one. */
  private static String lastLine(FileChannel channel) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    for (int read = 0; all.hasRemaining() && read >= 0; ) {
      read = channel.read(all, all.position());
    }
    String text = new String(all.array(), 0, all.position(), StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  private String lastBefore(Path file) throws IOException {
    int own = prefix(node).length();
    String start = name(file).substring(0, own);
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> earlier =
          all.filter(each -> NAME.matcher(name(each)).matches())
              .filter(each -> name(each).length() == name(file).length())
              .filter(each -> name(each).startsWith(start))
              .filter(each -> name(each).compareTo(name(file)) < 0)
              .sorted()
              .toList();
      for (int i = earlier.size() - 1; i >= 0; i--) {
        List<String> lines = Files.readAllLines(earlier.get(i));
        if (!lines.isEmpty()) {
          return SealLine.hash(lines.get(lines.size() - 1));
        }
      }
      return SealLine.NO_PREVIOUS;
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private void forceFolder() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system lets a folder be opened; the line itself is on disk.
      return;
    }
  }

  /**
   * Deletes the files of days before {@code border}; says how many. One that cannot be deleted, as
   * in a write-once folder, stays.
   */
  public static int deleteBefore(Path folder, LocalDate border) throws IOException {
    int deleted = 0;
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        Matcher name = NAME.matcher(name(file));
        if (name.matches() && name.group(2).compareTo(DAY.format(border)) < 0) {
          deleted += deleted(file) ? 1 : 0;
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return deleted;
  }

  private static boolean deleted(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      return false;
    }
  }
}
