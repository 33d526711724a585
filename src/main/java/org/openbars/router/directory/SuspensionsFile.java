package org.openbars.router.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openbars.router.directory.Suspension.Scope;

/**
 * The file {@code {"suspensions": [{"target" | "receiver" | "application": "...", "reason": "...",
 * "by": "...", "since": "..."}]}}. One fault refuses all of it: half of an order to stop is none.
 * Blocking.
 */
final class SuspensionsFile {
  private static final String ROOT = "suspensions";
  private static final Set<String> MEMBERS =
      Set.of("target", "receiver", "application", "reason", "by", "since");
  private static final int MOST = 10_000;
  private static final int MAX_BYTES = 16 << 20;
  private static final int LOCK_TRIES = 40;
  private static final long LOCK_PAUSE_MS = 50;
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(4).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** The file is not one to act on; the message says how, for an operator. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message, null, false, false);
    }
  }

  private SuspensionsFile() {}

  static List<Suspension> read(byte[] content) throws RefusedException {
    JsonNode root;
    try {
      root = content.length > MAX_BYTES ? JSON.missingNode() : JSON.readTree(content);
    } catch (IOException e) {
      throw new RefusedException("is not JSON, or repeats a member");
    }
    JsonNode entries = root.path(ROOT);
    if (!entries.isArray() || root.size() != 1) {
      throw new RefusedException("must be an object with the one member " + ROOT + ", a list");
    }
    if (entries.size() > MOST) {
      throw new RefusedException("has more than " + MOST + " entries");
    }
    List<Suspension> read = new ArrayList<>();
    Set<String> subjects = new HashSet<>();
    for (JsonNode entry : entries) {
      String where = "entry " + (read.size() + 1) + ": ";
      Suspension suspension = entry(entry, where);
      if (!subjects.add(suspension.scope() + " " + suspension.subject())) {
        throw new RefusedException(where + "suspends the same as one before");
      }
      read.add(suspension);
    }
    return read;
  }

  private static Suspension entry(JsonNode entry, String where) throws RefusedException {
    Scope scope = null;
    for (var member : entry.properties()) {
      if (!MEMBERS.contains(member.getKey()) || !member.getValue().isTextual()) {
        throw new RefusedException(where + member.getKey() + " is unknown, or not a text");
      }
      for (Scope each : Scope.values()) {
        if (each.word().equals(member.getKey())) {
          if (scope != null) {
            throw new RefusedException(where + "must name one of target, receiver, application");
          }
          scope = each;
        }
      }
    }
    if (scope == null) {
      throw new RefusedException(where + "must name one of target, receiver, application");
    }
    try {
      JsonNode since = entry.path("since");
      return new Suspension(
          scope,
          entry.path(scope.word()).asText(),
          entry.path("reason").asText(),
          entry.path("by").asText("not said"),
          since.isMissingNode() ? null : Instant.parse(since.asText()));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new RefusedException(where + e.getMessage());
    }
  }

  static byte[] write(List<Suspension> suspensions) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode entries = root.putArray(ROOT);
    for (Suspension each : suspensions) {
      ObjectNode entry = entries.addObject();
      entry.put(each.scope().word(), each.subject()).put("reason", each.reason());
      entry.put("by", each.by());
      Instant since = each.since();
      if (since != null) {
        entry.put("since", since.toString());
      }
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  /**
   * Reads the file, changes what it says, and puts the outcome in its place, while no other router
   * does. A file that is not there says nothing; one that is faulty is not written over.
   */
  static List<Suspension> change(Path file, UnaryOperator<List<Suspension>> change)
      throws IOException, RefusedException {
    Path beside = file.resolveSibling(file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (!lock.isValid()) {
        throw new IOException("another router changes it");
      }
      List<Suspension> before = Files.exists(file) ? read(Files.readAllBytes(file)) : List.of();
      List<Suspension> after = change.apply(before);
      if (after.size() > MOST) {
        throw new RefusedException("may have no more than " + MOST + " entries");
      }
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.write(
          fresh,
          write(after),
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return after;
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      FileLock lock = tried(channel);
      if (lock != null) {
        return lock;
      }
      try {
        Thread.sleep(LOCK_PAUSE_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    throw new IOException("another router changes it");
  }

  private static @Nullable FileLock tried(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another router in this process.
      return null;
    }
  }
}
