package org.openbars.router;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.meter.Logs;
import org.openbars.router.sandbox.journey.AuditCount;
import org.openbars.router.sandbox.journey.Journey;
import org.openbars.router.sandbox.journey.JourneyPlayer;
import org.openbars.router.sandbox.journey.JourneyPlayer.Result;
import org.openbars.router.sandbox.journey.MockSender;
import org.openbars.router.sandbox.journey.PostmanCollection;
import org.openbars.router.sandbox.journey.Transcript;

/** Plays journeys in a sandbox and stops it. Blocking. */
final class Play {
  private Play() {}

  /** The exit code: 0 when every exchange went as the standard says and is in the audit. */
  static int through(Sandbox sandbox, List<Journey> journeys, @Nullable Path postman) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Transcript transcript = new Transcript(out);
    List<Result> results = new ArrayList<>();
    try {
      MockSender sender = new MockSender(sandbox.banner().router());
      JourneyPlayer player =
          new JourneyPlayer(sender, sandbox.correspondence(), InstantSource.system());
      long seed = System.nanoTime();
      for (Journey journey : journeys) {
        transcript.begin(journey);
        results.add(player.play(journey, seed++, transcript::exchange));
      }
      if (sandbox.audits()) {
        AuditCount audit = new AuditCount(sandbox.banner().admin());
        results.forEach(result -> transcript.audited(result, audit.of(result)));
      }
      if (postman != null) {
        Files.writeString(postman, PostmanCollection.of(results));
      }
    } catch (IOException e) {
      System.err.println("bars-router: cannot write " + postman + ": " + e.getMessage());
      transcript.failed();
    } finally {
      stop(sandbox);
    }
    return transcript.end() ? 0 : Main.EXIT_FAILED;
  }

  private static void stop(Sandbox sandbox) {
    try {
      sandbox.stop();
    } catch (Exception e) {
      System.err.println("bars-router: did not stop cleanly: " + e);
    }
    Logs.close();
  }
}
