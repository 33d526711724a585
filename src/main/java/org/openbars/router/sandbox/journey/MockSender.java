package org.openbars.router.sandbox.journey;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Sends a journey's requests through a router, one at a time. Blocking. */
public final class MockSender {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final String base;

  /**
   * @param base the router's base URL, as {@code
   *     http://127.0.0.1:8080/booking-and-referral/FHIR/R4}
   */
  public MockSender(String base) {
    this.base = base;
  }

  /**
   * What came back.
   *
   * @param millis to the last byte
   */
  record Answer(
      int status,
      String contentType,
      String requestId,
      String correlationId,
      String body,
      long millis) {}

  /** Empty when no answer came whole. */
  Optional<Answer> send(Sent sent) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + sent.pathAndQuery())).timeout(PATIENCE);
    sent.headers().forEach(request::header);
    request.method(
        sent.method(),
        sent.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(sent.body()));
    long began = System.nanoTime();
    try {
      HttpResponse<String> response =
          client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return Optional.of(
          new Answer(
              response.statusCode(),
              header(response, "Content-Type"),
              header(response, Sent.REQUEST_ID),
              header(response, Sent.CORRELATION_ID),
              response.body(),
              Duration.ofNanos(System.nanoTime() - began).toMillis()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
