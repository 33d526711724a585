package org.openbars.router.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A file whose content is taken up again when it changed. Time, size and identity are looked at
 * each time, and the content now and then whatever they say, so that a replaced symbolic link
 * counts as a change. Blocking, one caller at a time.
 */
final class WatchedFile {
  private final Path file;
  private final long rereadNanos;
  private @Nullable String attributes;
  private @Nullable String digest;
  private long readAt;

  /** What a look found. */
  sealed interface Look {
    /** As it was, or as unreadable as it was. */
    record Same() implements Look {}

    /** Another content. */
    final class Changed implements Look {
      private final byte[] content;
      private final String digest;

      Changed(byte[] content, String digest) {
        this.content = content;
        this.digest = digest;
      }

      /** The file's bytes; the caller's own. */
      byte[] content() {
        return content;
      }

      /** SHA-256 in lower-case hexadecimal. */
      String digest() {
        return digest;
      }
    }

    /** It is not there, or cannot be read; said once until it can be. */
    record Unreadable(boolean missing, String reason) implements Look {}
  }

  private static final Look SAME = new Look.Same();

  /**
   * Does not touch the file yet.
   *
   * @param rereadEvery how often the content is read whatever the attributes say
   */
  WatchedFile(Path file, Duration rereadEvery) {
    this.file = file;
    this.rereadNanos = rereadEvery.toNanos();
  }

  Path path() {
    return file;
  }

  Look look() {
    try {
      String now = attributes(file);
      boolean due = System.nanoTime() - readAt > rereadNanos;
      if (now.equals(attributes) && !due) {
        return SAME;
      }
      byte[] content = Files.readAllBytes(file);
      readAt = System.nanoTime();
      attributes = now;
      String fresh = sha256(content);
      if (fresh.equals(digest)) {
        return SAME;
      }
      digest = fresh;
      return new Look.Changed(content, fresh);
    } catch (IOException e) {
      if (attributes != null && attributes.isEmpty()) {
        return SAME;
      }
      attributes = "";
      return new Look.Unreadable(
          e instanceof NoSuchFileException,
          "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /** What changes when a file is written, replaced, or a symbolic link on its way is turned. */
  private static String attributes(Path file) throws IOException {
    Path real = file.toRealPath();
    BasicFileAttributes read = Files.readAttributes(real, BasicFileAttributes.class);
    return real + " " + read.size() + " " + read.lastModifiedTime() + " " + read.fileKey();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
