package org.openbars.router.sandbox.journey;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.openbars.router.sandbox.journey.JourneyPlayer.Result;

/** Writes down journeys as they are played, for people. For one thread. */
public final class Transcript {
  private final PrintStream out;
  private int journeys;
  private int exchanges;
  private int faults;
  private int step;

  public Transcript(PrintStream out) {
    this.out = out;
  }

  public void begin(Journey journey) {
    journeys++;
    step = 0;
    out.println(
        journey.code()
            + "  "
            + journey.title()
            + " ("
            + journey.useCase().application()
            + " "
            + journey.useCase().version()
            + ", "
            + journey.status().name().toLowerCase(Locale.ROOT)
            + ", "
            + journey.format().name().toLowerCase(Locale.ROOT)
            + ")");
  }

  /** One line an exchange, and one more for its fault. */
  public void exchange(Played played) {
    exchanges++;
    Sent sent = played.sent();
    String path = sent.pathAndQuery();
    int query = path.indexOf('?');
    out.println(
        String.format(
            Locale.ROOT,
            "%4d  %-17s %-57s %-4s %-54s %3d %6d B %7d B %5d ms",
            ++step,
            sent.act().word(),
            sent.from().label() + " > " + sent.to().label(),
            sent.method(),
            query < 0 ? path : path.substring(0, query) + "?...",
            played.status(),
            bytes(sent.body()),
            bytes(played.answer()),
            played.millis()));
    played
        .fault()
        .ifPresent(
            fault -> {
              faults++;
              out.println("      FAULT: " + fault);
            });
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Compares what the audit holds of a journey with what was played. */
  public void audited(Result result, int records) {
    if (records != result.exchanges().size()) {
      faults++;
      out.println(
          result.journey().code()
              + "  FAULT: the audit holds "
              + records
              + " records of "
              + result.exchanges().size()
              + " exchanges, correlation id "
              + result.correlationId());
    }
  }

  /** Something else went wrong. */
  public void failed() {
    faults++;
  }

  /** The last line; whether there was no fault. */
  public boolean end() {
    out.println(
        "played " + journeys + " journeys, " + exchanges + " exchanges, " + faults + " faults");
    return faults == 0;
  }
}
