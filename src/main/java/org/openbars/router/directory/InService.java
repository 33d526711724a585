package org.openbars.router.directory;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table in service and how it came there.
 *
 * @param version the first 12 hexadecimal digits of the file's SHA-256; empty for no file yet
 * @param since when it was taken into service, by the wall clock; null for no file yet
 * @param faults entries left out in all
 * @param listed the first of them, one line each
 * @param last how it differs from the table before
 */
public record InService(
    RoutingTable table,
    String version,
    @Nullable Instant since,
    int faults,
    List<String> listed,
    Difference last) {
  static final InService NOTHING =
      new InService(RoutingTable.EMPTY, "", null, 0, List.of(), new Difference(0, 0, 0, List.of()));

  public InService {
    listed = List.copyOf(listed);
  }

  /**
   * A file that was not taken into service.
   *
   * @param count refusals since the router started
   */
  public record Refusal(Instant at, String reason, long count) {}
}
