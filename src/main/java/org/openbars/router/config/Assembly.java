package org.openbars.router.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admin.AdminConfig;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.admit.GatewayConfig;
import org.openbars.router.admit.QuotaConfig;
import org.openbars.router.admit.QuotaConfig.Quota;
import org.openbars.router.admit.TokenConfig;
import org.openbars.router.audit.AuditConfig;
import org.openbars.router.audit.KafkaConfig;
import org.openbars.router.audit.SplunkConfig;
import org.openbars.router.directory.DirectoryConfig;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.journal.JournalConfig;
import org.openbars.router.ledger.LedgerConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.stream.StreamConfig;
import org.openbars.router.wire.Networks;

/** Hands each package its own record, from values without fault. */
final class Assembly {
  private Assembly() {}

  static RouterConfig assemble(Values values, Map<String, Values> receivers) {
    return new RouterConfig(
        values.get(Keys.NODE_NAME),
        values.get(Keys.NODE_TRANSPORT),
        values.get(Keys.NODE_TLS_ENGINE),
        new RouterConfig.Drain(
            values.get(Keys.NODE_DRAIN_DELAY),
            values.get(Keys.NODE_DRAIN_TIMEOUT),
            values.get(Keys.NODE_DRAIN_SHIP)),
        listen(values),
        new AdminConfig(
            values.get(Keys.ADMIN_HOST),
            values.get(Keys.ADMIN_PORT),
            values.get(Keys.ADMIN_CHANGES)),
        directory(values),
        admit(values),
        stream(values, receivers),
        inspect(values),
        audit(values),
        values.get(Keys.ERRORS_DIALECT),
        values.get(Keys.METADATA_URL),
        values.find(Keys.METADATA_FILE),
        values.find(Keys.STATUS_API_KEY_FILE));
  }

  private static ListenConfig listen(Values values) {
    Path certificate = values.find(Keys.LISTEN_TLS_CERTIFICATE);
    Path key = values.find(Keys.LISTEN_TLS_KEY);
    return new ListenConfig(
        values.get(Keys.LISTEN_HOST),
        values.get(Keys.LISTEN_PORT),
        values.get(Keys.LISTEN_BASE_PATH),
        certificate == null || key == null
            ? null
            : new ListenConfig.Tls(
                certificate,
                key,
                values.find(Keys.LISTEN_TLS_CLIENT_TRUST),
                values.get(Keys.LISTEN_TLS_CLIENT_CERTIFICATE)),
        values.get(Keys.LISTEN_EVENT_LOOPS),
        values.get(Keys.LISTEN_MAX_CONNECTIONS),
        Math.toIntExact(values.get(Keys.LISTEN_MAX_LINE)),
        Math.toIntExact(values.get(Keys.LISTEN_MAX_HEADERS)),
        values.get(Keys.LISTEN_MAX_HEADER_COUNT),
        values.get(Keys.LISTEN_MAX_BODY),
        values.get(Keys.LISTEN_HEADER_TIMEOUT),
        values.get(Keys.LISTEN_IDLE_TIMEOUT),
        new ListenConfig.Http2(
            values.get(Keys.LISTEN_HTTP2_MAX_STREAMS),
            values.get(Keys.LISTEN_HTTP2_MAX_RESETS),
            values.get(Keys.LISTEN_HTTP2_MAX_CONTROL_FRAMES)));
  }

  private static DirectoryConfig directory(Values values) {
    return new DirectoryConfig(
        values.get(Keys.DIRECTORY_FILE),
        values.get(Keys.DIRECTORY_CHECK_EVERY),
        values.get(Keys.DIRECTORY_REREAD_EVERY),
        values.get(Keys.DIRECTORY_MAX_SHRINK),
        values.find(Keys.DIRECTORY_SUSPENSIONS));
  }

  private static AdmitConfig admit(Values values) {
    AdmitConfig.Mode mode = values.get(AdmitKeys.MODE);
    return new AdmitConfig(
        mode,
        values.get(AdmitKeys.OPEN_BEYOND_LOOPBACK),
        values.get(AdmitKeys.MAX_IN_FLIGHT),
        values.get(AdmitKeys.READ_SHARE),
        values.get(AdmitKeys.NEW_SHARE),
        values.get(AdmitKeys.MAX_LOOP_DELAY),
        values.get(AdmitKeys.MAX_RECORDED),
        new GatewayConfig(
            values.get(AdmitKeys.GATEWAY_APPLICATION_HEADER),
            orNone(values.find(AdmitKeys.GATEWAY_CERTIFICATES)),
            orNone(values.find(AdmitKeys.GATEWAY_NETWORKS))),
        mode == AdmitConfig.Mode.TOKEN ? token(values) : null,
        quota(values));
  }

  private static <T> List<T> orNone(@Nullable List<T> listed) {
    return listed == null ? List.of() : listed;
  }

  private static TokenConfig token(Values values) {
    return new TokenConfig(
        values.get(AdmitKeys.TOKEN_ISSUER),
        values.get(AdmitKeys.TOKEN_AUDIENCE),
        values.get(AdmitKeys.TOKEN_SCOPE),
        values.get(AdmitKeys.TOKEN_APPLICATION_CLAIM),
        values.get(AdmitKeys.TOKEN_SKEW),
        values.get(AdmitKeys.TOKEN_MAX_CACHED),
        values.get(AdmitKeys.TOKEN_MAX_WAITING),
        new TokenConfig.KeyServer(
            values.get(AdmitKeys.TOKEN_KEYS_URL),
            values.find(AdmitKeys.TOKEN_KEYS_CA_FILE),
            values.get(AdmitKeys.TOKEN_KEYS_REFRESH),
            values.get(AdmitKeys.TOKEN_KEYS_TIMEOUT),
            values.get(AdmitKeys.TOKEN_KEYS_MAX_AGE)));
  }

  private static QuotaConfig quota(Values values) {
    Map<String, Quota> own = values.find(AdmitKeys.QUOTA_APPLICATIONS);
    return new QuotaConfig(
        values.get(AdmitKeys.QUOTA_MODE),
        new Quota(values.get(AdmitKeys.QUOTA_PER_SECOND), values.get(AdmitKeys.QUOTA_PER_MINUTE)),
        own == null ? Map.of() : own,
        values.get(AdmitKeys.QUOTA_MAX_APPLICATIONS));
  }

  private static StreamConfig stream(Values values, Map<String, Values> receivers) {
    StreamConfig.Tls tls =
        new StreamConfig.Tls(
            values.find(StreamKeys.TLS_TRUST),
            values.find(StreamKeys.TLS_CERTIFICATE),
            values.find(StreamKeys.TLS_KEY));
    Map<String, StreamConfig.Receiver> entries = new HashMap<>();
    receivers.forEach((host, own) -> entries.put(host, receiver(own, tls)));
    return new StreamConfig(
        values.get(StreamKeys.DEADLINE),
        values.get(StreamKeys.CONNECT_TIMEOUT),
        values.get(StreamKeys.MIN_RATE),
        values.get(StreamKeys.MAX_DURATION),
        values.get(StreamKeys.MAX_IN_FLIGHT),
        values.get(StreamKeys.MAX_CONNECTIONS),
        values.get(StreamKeys.IDLE_TIMEOUT),
        values.get(StreamKeys.HTTP2),
        inside(values),
        isolation(values),
        tls,
        entries);
  }

  private static Networks inside(Values values) {
    Networks given = values.find(StreamKeys.INSIDE_NETWORKS);
    return given == null ? Networks.NONE : given;
  }

  private static IsolationConfig isolation(Values values) {
    return new IsolationConfig(
        new IsolationConfig.BreakerConfig(
            values.get(StreamKeys.BREAKER_MODE),
            values.get(StreamKeys.BREAKER_FAILURE_RATE),
            values.get(StreamKeys.BREAKER_MIN_CALLS),
            values.get(StreamKeys.BREAKER_WINDOW),
            values.get(StreamKeys.BREAKER_OPEN_TIME),
            values.get(StreamKeys.BREAKER_RAMP_UP)),
        values.get(StreamKeys.CONNECT_BACKOFF),
        values.get(StreamKeys.RESEND_BUDGET),
        values.get(StreamKeys.ADAPTIVE_LIMIT),
        values.get(StreamKeys.ADAPTIVE_MIN));
  }

  private static StreamConfig.Receiver receiver(Values own, StreamConfig.Tls common) {
    Boolean insecure = own.find(StreamKeys.RECEIVER_INSECURE);
    return new StreamConfig.Receiver(
        own.find(StreamKeys.RECEIVER_DEADLINE),
        own.find(StreamKeys.RECEIVER_CONNECT_TIMEOUT),
        own.find(StreamKeys.RECEIVER_MAX_IN_FLIGHT),
        own.find(StreamKeys.RECEIVER_BREAKER),
        tls(own, common),
        insecure != null && insecure);
  }

  /**
   * Trust and client certificate are taken over one by one: a receiver with a trust of its own
   * still sees the client certificate that all do.
   */
  private static StreamConfig.@Nullable Tls tls(Values own, StreamConfig.Tls common) {
    Path trust = own.find(StreamKeys.RECEIVER_TLS_TRUST);
    Path certificate = own.find(StreamKeys.RECEIVER_TLS_CERTIFICATE);
    Path key = own.find(StreamKeys.RECEIVER_TLS_KEY);
    if (trust == null && certificate == null) {
      return null;
    }
    return new StreamConfig.Tls(
        trust == null ? common.trust() : trust,
        certificate == null ? common.certificate() : certificate,
        key == null ? common.key() : key);
  }

  private static InspectConfig inspect(Values values) {
    return new InspectConfig(
        values.get(Keys.INSPECT_MODE),
        values.get(Keys.INSPECT_ON_MISMATCH),
        values.get(Keys.INSPECT_MAX_HELD));
  }

  private static AuditConfig audit(Values values) {
    return new AuditConfig(
        values.get(AuditKeys.MODE),
        values.find(AuditKeys.POSTGRES_URI),
        values.find(AuditKeys.POSTGRES_PASSWORD_FILE),
        values.get(AuditKeys.POSTGRES_POOL_SIZE),
        new JournalConfig(
            values.get(AuditKeys.JOURNAL_PATH),
            values.get(AuditKeys.JOURNAL_MAX_SIZE),
            values.get(AuditKeys.JOURNAL_SYNC),
            values.get(AuditKeys.JOURNAL_WHEN_FULL)),
        values.get(AuditKeys.BATCH),
        values.get(AuditKeys.LINGER),
        values.get(AuditKeys.RETENTION),
        new LedgerConfig(
            values.get(Keys.NODE_NAME),
            values.find(AuditKeys.SEAL_PATH),
            values.find(AuditKeys.SEAL_KEY_FILE),
            values.find(AuditKeys.SEAL_NHS_NUMBER_KEY_FILE)),
        splunk(values),
        kafka(values));
  }

  private static @Nullable SplunkConfig splunk(Values values) {
    String url = values.find(AuditKeys.SPLUNK_URL);
    if (url == null) {
      return null;
    }
    return new SplunkConfig(
        url,
        values.get(AuditKeys.SPLUNK_TOKEN_FILE),
        values.find(AuditKeys.SPLUNK_INDEX),
        values.get(AuditKeys.SPLUNK_ACK),
        values.get(AuditKeys.SPLUNK_ACK_TIMEOUT),
        values.get(AuditKeys.SPLUNK_GZIP),
        values.find(AuditKeys.SPLUNK_CA_FILE),
        values.get(AuditKeys.SPLUNK_NHS_NUMBER));
  }

  private static @Nullable KafkaConfig kafka(Values values) {
    String servers = values.find(AuditKeys.KAFKA_BOOTSTRAP_SERVERS);
    if (servers == null) {
      return null;
    }
    return new KafkaConfig(
        servers,
        values.get(AuditKeys.KAFKA_TOPIC),
        values.find(AuditKeys.KAFKA_PROPERTIES_FILE),
        values.get(AuditKeys.KAFKA_INSECURE),
        values.get(AuditKeys.KAFKA_NHS_NUMBER));
  }
}
