package org.openbars.router.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.admit.Network;
import org.openbars.router.admit.QuotaConfig.Quota;

/** The keys below {@code admit}. Part of {@link Keys#ALL}, of which this knows nothing. */
final class AdmitKeys {
  static final KeyTable TABLE = new KeyTable();

  static final Key<AdmitConfig.Mode> MODE =
      TABLE.key(
          "admit.mode",
          "Who proves the sender: an API gateway, the router by the access token, or with open nobody.",
          Kinds.choice(AdmitConfig.Mode.class),
          "open");
  static final Key<Boolean> OPEN_BEYOND_LOOPBACK =
      TABLE.key(
          "admit.open-beyond-loopback",
          "Lets other machines send although nobody proves the sender.",
          Kinds.flag(),
          "false");
  static final Key<Integer> MAX_IN_FLIGHT =
      TABLE.key(
          "admit.max-in-flight",
          "Exchanges in flight on the node; those beyond are answered 503.",
          Kinds.integer(1, 1_000_000),
          "7000");
  static final Key<Double> READ_SHARE =
      TABLE.key(
          "admit.read-share",
          "How much of that reads and searches may fill; writes have the rest to themselves.",
          Kinds.percent(),
          "80%");
  static final Key<Double> NEW_SHARE =
      TABLE.key(
          "admit.new-share",
          "The same for new messages and bookings; updates and cancellations have all of it.",
          Kinds.percent(),
          "95%");
  static final Key<Duration> MAX_LOOP_DELAY =
      TABLE.key(
          "admit.max-loop-delay",
          "How long an event loop may lag behind before requests to it are answered 503.",
          Kinds.duration("1ms", "1h"),
          "50ms");
  static final Key<Integer> MAX_RECORDED =
      TABLE.key(
          "admit.max-recorded",
          "Answers of 503 for overload in a second that leave a record; the rest are counted only.",
          Kinds.integer(0, 1_000_000),
          "100");

  static final Key<String> GATEWAY_APPLICATION_HEADER =
      TABLE.key(
          "admit.gateway.application-header",
          "In which the gateway names the application; taken from every request, in any mode.",
          Kinds.pattern("[A-Za-z0-9-]{1,100}", "1 to 100 of letters, digits, '-'"),
          "NHSD-Application-Id");
  static final Key<List<String>> GATEWAY_CERTIFICATES =
      TABLE.absent(
          "admit.gateway.certificates",
          "The gateway's client certificates, by a DNS name in them or by fingerprint.",
          Senders.certificates());
  static final Key<List<Network>> GATEWAY_NETWORKS =
      TABLE.absent(
          "admit.gateway.networks",
          "Networks from which nobody but the gateway reaches this port.",
          Senders.networks());
  static final Key<String> TOKEN_ISSUER =
      TABLE.absent("admit.token.issuer", "Whose tokens are taken, iss.", Senders.claim());
  static final Key<String> TOKEN_AUDIENCE =
      TABLE.absent("admit.token.audience", "What must be among aud.", Senders.claim());
  static final Key<String> TOKEN_SCOPE =
      TABLE.key(
          "admit.token.scope",
          "What must be among scope; a good token without it is answered 403.",
          Senders.claim(),
          "urn:nhsd:apim:app:level3:booking-and-referral");
  static final Key<String> TOKEN_APPLICATION_CLAIM =
      TABLE.key(
          "admit.token.application-claim",
          "The claim that names the application.",
          Senders.claim(),
          "client_id");
  static final Key<Duration> TOKEN_SKEW =
      TABLE.key(
          "admit.token.skew",
          "By how much the issuer's clock may differ, in whole seconds.",
          Kinds.duration("0ms", "1m"),
          "5s");
  static final Key<Integer> TOKEN_MAX_CACHED =
      TABLE.key(
          "admit.token.max-cached",
          "Good tokens that are remembered, by their hashes, and not checked again.",
          Kinds.integer(1, 1_000_000),
          "10000");
  static final Key<Integer> TOKEN_MAX_WAITING =
      TABLE.key(
          "admit.token.max-waiting",
          "Exchanges whose tokens are being checked, or wait for a key; those beyond are answered 503.",
          Kinds.integer(1, 100_000),
          "1000");
  static final Key<URI> TOKEN_KEYS_URL =
      TABLE.absent(
          "admit.token.keys.url",
          "Where the issuer's keys are, a JWK set (RFC 7517).",
          Senders.keyServer());
  static final Key<Path> TOKEN_KEYS_CA_FILE =
      TABLE.absent(
          "admit.token.keys.ca-file",
          "Certificates that may sign the key server's, PEM; those of the Java runtime without it.",
          Kinds.readableFile());
  static final Key<Duration> TOKEN_KEYS_REFRESH =
      TABLE.key(
          "admit.token.keys.refresh",
          "How often they are fetched; sooner when a token names an unknown one, 30 s apart at least.",
          Kinds.duration("30s", "1d"),
          "5m");
  static final Key<Duration> TOKEN_KEYS_TIMEOUT =
      TABLE.key(
          "admit.token.keys.timeout",
          "How long one fetch may take.",
          Kinds.duration("100ms", "30s"),
          "2s");
  static final Key<Duration> TOKEN_KEYS_MAX_AGE =
      TABLE.key(
          "admit.token.keys.max-age",
          "How long the last keys serve when their server is away.",
          Kinds.duration("10m", "30d"),
          "1d");
  static final Key<Boolean> QUOTA_MODE =
      TABLE.key(
          "admit.quota.mode",
          "Whether each proven application has a quota at this node.",
          Kinds.onOff(),
          "on");
  static final Key<Integer> QUOTA_PER_SECOND =
      TABLE.key(
          "admit.quota.per-second",
          "Requests of one application in a second; those beyond are answered 429.",
          Kinds.integer(1, 1_000_000),
          "60");
  static final Key<Integer> QUOTA_PER_MINUTE =
      TABLE.key(
          "admit.quota.per-minute",
          "The same in a minute; both hold at once.",
          Kinds.integer(1, 10_000_000),
          "300");
  static final Key<Map<String, Quota>> QUOTA_APPLICATIONS =
      TABLE.absent(
          "admit.quota.applications",
          "Applications with a quota of their own: a second's, then a minute's.",
          Senders.quotas());
  static final Key<Integer> QUOTA_MAX_APPLICATIONS =
      TABLE.key(
          "admit.quota.max-applications",
          "Applications whose use is remembered; beyond, those least seen start anew.",
          Kinds.integer(1, 1_000_000),
          "10000");

  private AdmitKeys() {}
}
