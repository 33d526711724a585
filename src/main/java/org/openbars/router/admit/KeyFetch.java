package org.openbars.router.admit;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks the key server for its JWK set. A client of its own, on threads of its own: what an exchange
 * needs does not wait for it, nor it for exchanges. Follows no redirect: the URL is whom to trust.
 */
final class KeyFetch {
  /** Far above any set of keys. */
  private static final int MAX_BYTES = 256 * 1024;

  private final HttpClient client;
  private final HttpRequest request;
  private final long timeoutMillis;

  /**
   * @throws IOException when the certificates cannot be read
   */
  KeyFetch(TokenConfig.KeyServer config) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.timeout())
            .executor(
                Executors.newSingleThreadExecutor(
                    work -> {
                      Thread thread = new Thread(work, "bars-token-keys");
                      thread.setDaemon(true);
                      return thread;
                    }));
    Path caFile = config.caFile();
    this.client = caFile == null ? builder.build() : builder.sslContext(trusting(caFile)).build();
    this.request =
        HttpRequest.newBuilder(config.url())
            .header("Accept", "application/jwk-set+json, application/json")
            .timeout(config.timeout())
            .build();
    this.timeoutMillis = config.timeout().toMillis();
  }

  private static SSLContext trusting(Path caFile) throws IOException {
    try (InputStream pem = Files.newInputStream(caFile)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca" + number++, each);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("admit.token.keys.ca-file: " + caFile + " holds no certificates", e);
    }
  }

  /** The set's text; fails within the timeout, told on a thread of the client's. */
  CompletableFuture<String> start() {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, head -> new Limited(head.statusCode()));
    // A head alone ends the request's own timeout: a body that trickles in must not last.
    return answer
        .orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> answer.cancel(true))
        .thenApply(HttpResponse::body);
  }

  /** A body that fails rather than grow. */
  private static final class Limited implements HttpResponse.BodySubscriber<String> {
    private final HttpResponse.BodySubscriber<String> text =
        HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
    private final int status;
    private int left = MAX_BYTES;

    Limited(int status) {
      this.status = status;
    }

    @Override
    public CompletionStage<String> getBody() {
      return text.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      if (status == 200) {
        text.onSubscribe(subscription);
      } else {
        subscription.cancel();
        text.onError(new IOException("the key server answered " + status));
      }
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      for (ByteBuffer each : item) {
        left -= each.remaining();
      }
      if (left < 0) {
        text.onError(new IOException("the key server's answer is over " + MAX_BYTES + " bytes"));
      } else {
        text.onNext(item);
      }
    }

    @Override
    public void onError(Throwable failure) {
      text.onError(failure);
    }

    @Override
    public void onComplete() {
      text.onComplete();
    }
  }
}
