package org.openbars.router.admit;

import io.github.bucket4j.TimeMeter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.BarsError;
import org.openbars.router.meter.Meters;

/**
 * Who may send, and how much of it: the sender proven in the way of {@code admit.mode}, then the
 * proven application held to its quota. One a node; any thread.
 */
public final class Gate {
  private static final long TICK_MS = 1000;
  private static final Entry ANYBODY = new Entry.Admitted(null);

  private final AdmitConfig config;
  private final GatewayTrust trust;
  private final Quotas quotas;
  private final @Nullable TokenGate tokens;

  private Gate(AdmitConfig config, Quotas quotas, @Nullable TokenGate tokens) {
    this.config = config;
    this.trust = new GatewayTrust(config.gateway());
    this.quotas = quotas;
    this.tokens = tokens;
  }

  /**
   * Makes the gate, and has it ask for the keys in time. Reads files: not on an event loop.
   *
   * @throws IOException when {@code admit.token.keys.ca-file} cannot be read
   */
  public static Gate start(Vertx vertx, AdmitConfig config, Meters meters) throws IOException {
    Quotas quotas = new Quotas(config.quota(), TimeMeter.SYSTEM_NANOTIME, meters);
    TokenConfig token = config.token();
    if (token == null) {
      return new Gate(config, quotas, null);
    }
    KeyRing ring = new KeyRing(token.keys(), new KeyFetch(token.keys()), System::nanoTime, meters);
    ring.tick();
    vertx.setPeriodic(TICK_MS, id -> ring.tick());
    return new Gate(config, quotas, new TokenGate(token, ring, InstantSource.system(), meters));
  }

  public AdmitConfig.Mode mode() {
    return config.mode();
  }

  /** The header in which the gateway names the application. */
  public String applicationHeader() {
    return config.gateway().applicationHeader();
  }

  /** Who is the gateway. */
  public GatewayTrust trust() {
    return trust;
  }

  /** Mode {@code open}. */
  public Entry open() {
    return ANYBODY;
  }

  /**
   * Mode {@code gateway}.
   *
   * @param application as the header says; null when it is missing or comes more than once
   */
  public Entry fromGateway(boolean trusted, @Nullable String application) {
    if (!trusted) {
      return new Entry.Refused(BarsError.GATEWAY_ONLY);
    }
    if (application == null || !ApplicationName.isGood(application)) {
      return new Entry.Refused(BarsError.APPLICATION_UNNAMED);
    }
    return withinQuota(new Entry.Admitted(application));
  }

  /**
   * Mode {@code token}; complete at once for a token that is known, told on any thread for others.
   *
   * @param authorization the header's value; null for none
   */
  public Future<Entry> withToken(@Nullable String authorization) {
    return tokens == null
        ? Future.succeededFuture(new Entry.Refused(BarsError.TOKEN_MISSING))
        : tokens.ask(authorization).map(this::withinQuota);
  }

  private Entry withinQuota(Entry entry) {
    if (!(entry instanceof Entry.Admitted admitted) || admitted.application() == null) {
      return entry;
    }
    int seconds = quotas.secondsToWait(admitted.application());
    return seconds == 0
        ? entry
        : new Entry.Refused(BarsError.QUOTA_EXCEEDED, admitted.application(), seconds);
  }
}
