package org.openbars.router.sandbox.journey;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.openbars.router.sandbox.journey.JourneyPlayer.Result;

/** Asks a router's admin port what its audit holds of a journey. Blocking. */
public final class AuditCount {
  private static final Duration WITHIN = Duration.ofSeconds(20);
  private static final Duration EVERY = Duration.ofMillis(50);

  private final HttpClient client = HttpClient.newHttpClient();
  private final String admin;

  /**
   * @param admin the admin port's base URL
   */
  public AuditCount(String admin) {
    this.admin = admin;
  }

  /**
   * The records of the journey's correlation id, as soon as there are as many as exchanges, and in
   * 20 s at the latest; -1 when the audit cannot be asked.
   */
  public int of(Result result) {
    long until = System.nanoTime() + WITHIN.toNanos();
    int records = -1;
    try {
      do {
        records = records(result.correlationId());
        if (records >= result.exchanges().size()) {
          return records;
        }
        Thread.sleep(EVERY.toMillis());
      } while (System.nanoTime() < until);
    } catch (IOException e) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return records;
  }

  private int records(String correlationId) throws IOException, InterruptedException {
    URI uri = URI.create(admin + "/api/audit?limit=1000&correlation-id=" + correlationId);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(WITHIN).build();
    String body = client.send(request, BodyHandlers.ofString()).body();
    return new ObjectMapper().readTree(body).path("records").size();
  }
}
