package org.openbars.router.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the seal files of a folder say, each line's signature and place checked. Some 150 bytes of
 * memory for each chain and line within the days asked for. Blocking.
 */
public final class Seals {
  /** Where a chain ended at an instant. */
  record Sealed(ChainHead head, Instant time) {
    private static final Comparator<Sealed> ORDER = Comparator.comparingLong(Sealed::length);

    long length() {
      return head.length();
    }
  }

  private final Map<ChainHead.Key, List<Sealed>> chains = new TreeMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private @Nullable LocalDate first;
  private int lines;

  private Seals() {}

  /** For an audit that is not sealed. */
  public static Seals none() {
    return new Seals();
  }

  /** Reads every file of the folder; keeps chains of the days from {@code from} to {@code to}. */
  public static Seals read(Path folder, Collection<PublicKey> keys, LocalDate from, LocalDate to)
      throws IOException {
    Seals seals = new Seals();
    try (Stream<Path> all = Files.list(folder)) {
      Map<String, List<Path>> byNode = new TreeMap<>();
      for (Path file : all.sorted().toList()) {
        Matcher name = SealFiles.NAME.matcher(String.valueOf(file.getFileName()));
        if (name.matches() && day(file).isPresent()) {
          byNode.computeIfAbsent(name.group(1), n -> new ArrayList<>()).add(file);
        }
      }
      for (Map.Entry<String, List<Path>> node : byNode.entrySet()) {
        seals.readNode(node.getKey(), node.getValue(), keys, from, to);
      }
    }
    seals.chains.values().forEach(each -> each.sort(Sealed.ORDER));
    return seals;
  }

  private void readNode(
      String node, List<Path> files, Collection<PublicKey> keys, LocalDate from, LocalDate to)
      throws IOException {
    // What came before the oldest file was erased with its day.
    @Nullable String previous = null;
    for (Path file : files) {
      LocalDate day = day(file).orElse(from);
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        try {
          SealLine seal = SealLine.read(line, keys);
          if (previous != null && !seal.previous().equals(previous)) {
            fault(day, node, file, number, "does not follow the line before: one is missing");
          }
          keep(seal, from, to);
        } catch (SealLine.NotASeal e) {
          fault(day, node, file, number, String.valueOf(e.getMessage()));
        }
        previous = SealLine.hash(line);
      }
    }
  }

  private static Optional<LocalDate> day(Path file) {
    Matcher name = SealFiles.NAME.matcher(String.valueOf(file.getFileName()));
    try {
      return name.matches()
          ? Optional.of(LocalDate.parse(name.group(2), DateTimeFormatter.BASIC_ISO_DATE))
          : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private void fault(LocalDate day, String node, Path file, int line, String what) {
    String where = "line " + line + " of " + file.getFileName() + " " + what;
    faults.add(new Fault(day, node, 0, Fault.Kind.SEAL, where));
  }

  private void keep(SealLine seal, LocalDate from, LocalDate to) {
    lines++;
    LocalDate day = LocalDate.ofInstant(seal.time(), ZoneOffset.UTC);
    first = first == null || day.isBefore(first) ? day : first;
    for (ChainHead head : seal.chains()) {
      LocalDate of = head.key().day();
      if (!of.isBefore(from) && !of.isAfter(to) && head.length() > 0) {
        chains
            .computeIfAbsent(head.key(), k -> new ArrayList<>())
            .add(new Sealed(head, seal.time()));
      }
    }
  }

  /** The seals of one chain, shortest first. */
  List<Sealed> of(ChainHead.Key chain) {
    return chains.getOrDefault(chain, List.of());
  }

  /** The chains of one day that were sealed. */
  Set<ChainHead.Key> chains() {
    return chains.keySet();
  }

  /** The day of the oldest seal; from then on every record must be in a chain. */
  @Nullable LocalDate first() {
    return first;
  }

  int lines() {
    return lines;
  }

  void report(Consumer<Fault> to) {
    faults.forEach(to);
  }
}
