package org.openbars.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.admit.Network;
import org.openbars.router.admit.QuotaConfig.Quota;
import org.openbars.router.admit.TokenConfig;
import org.openbars.router.audit.KafkaConfig;
import org.openbars.router.audit.NhsNumbers;
import org.openbars.router.audit.SplunkConfig;
import org.openbars.router.inspect.InspectConfig;
import org.openbars.router.isolate.IsolationConfig;
import org.openbars.router.journal.JournalConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.message.Dialect;
import org.openbars.router.wire.Networks;

/** Every key: a good value reaches its record, a bad one is a fault that says what is allowed. */
class EveryKeyTest {
  @TempDir Path folder;

  /**
   * @param with other settings it needs
   * @param taken the value in the record; null for a key that no record holds
   */
  record Row(
      String key,
      String good,
      List<String> with,
      Function<RouterConfig, Object> taken,
      Object value,
      String bad,
      String problem) {
    @Override
    public String toString() {
      return key;
    }
  }

  private static Row row(
      String key,
      String good,
      Function<RouterConfig, Object> taken,
      Object value,
      String bad,
      String problem) {
    return new Row(key, good, List.of(), taken, value, bad, problem);
  }

  private static Row pem(
      String key, String other, Function<RouterConfig, Path> taken, String problem) {
    List<String> with = other.isEmpty() ? List.of() : List.of(other + "=there.pem");
    return new Row(
        key, "there.pem", with, c -> name(taken.apply(c)), "there.pem", "gone.pem", problem);
  }

  private static Row token(
      String key,
      String good,
      Function<TokenConfig, Object> taken,
      Object value,
      String bad,
      String problem) {
    return new Row(
        "admit.token." + key,
        good,
        others(
            "admit.token." + key,
            "admit.mode=token",
            "admit.token.issuer=https://issuer",
            "admit.token.audience=bars",
            "admit.token.keys.url=https://keys/jwks"),
        c -> taken.apply(Objects.requireNonNull(c.admit().token())),
        value,
        bad,
        '"' + bad + "\" " + problem);
  }

  private static Row splunk(
      String key,
      String good,
      Function<SplunkConfig, Object> taken,
      Object value,
      String bad,
      String problem) {
    return new Row(
        "audit.splunk." + key,
        good,
        others(
            "audit.splunk." + key,
            "audit.splunk.url=https://splunk",
            "audit.splunk.token-file=there.pem"),
        c -> taken.apply(Objects.requireNonNull(c.audit().splunk())),
        value,
        bad,
        problem);
  }

  private static Row kafka(
      String key,
      String good,
      Function<KafkaConfig, Object> taken,
      Object value,
      String bad,
      String problem) {
    return new Row(
        "audit.kafka." + key,
        good,
        others(
            "audit.kafka." + key,
            "audit.kafka.bootstrap-servers=kafka:9092",
            "audit.kafka.topic=bars"),
        c -> taken.apply(Objects.requireNonNull(c.audit().kafka())),
        value,
        bad,
        problem);
  }

  private static List<String> others(String key, String... sets) {
    return Stream.of(sets).filter(set -> !set.startsWith(key + "=")).toList();
  }

  private static String name(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  static Stream<Row> rows() {
    return Stream.of(
        row("node.name", "bars-1", c -> c.node(), "bars-1", "bars 1", "\"bars 1\" is not a name"),
        row(
            "node.transport",
            "io_uring",
            c -> c.transport(),
            RouterConfig.Transport.IO_URING,
            "kqueue",
            "\"kqueue\" is not known; allowed auto | io_uring | epoll | nio"),
        row(
            "node.tls-engine",
            "jdk",
            c -> c.tlsEngine(),
            RouterConfig.Engine.JDK,
            "gnutls",
            "\"gnutls\" is not known; allowed auto | openssl | jdk"),
        row(
            "node.drain.delay",
            "7s",
            c -> c.drain().delay(),
            Duration.ofSeconds(7),
            "11m",
            "\"11m\" is too large"),
        row(
            "node.drain.timeout",
            "50s",
            c -> c.drain().timeout(),
            Duration.ofSeconds(50),
            "2h",
            "\"2h\" is too large"),
        row(
            "node.drain.ship",
            "0ms",
            c -> c.drain().ship(),
            Duration.ZERO,
            "10",
            "\"10\" has no unit"),
        row(
            "listen.host",
            "127.0.0.2",
            c -> c.listen().host(),
            "127.0.0.2",
            "127.0.0.256",
            "\"127.0.0.256\" is not a host"),
        row(
            "listen.port",
            "0",
            c -> c.listen().port(),
            0,
            "65536",
            "\"65536\" is too large; allowed 0 to 65535"),
        row(
            "listen.base-path",
            "/bars",
            c -> c.listen().basePath(),
            "/bars",
            "/bars/",
            "\"/bars/\" is not such a path"),
        pem(
            "listen.tls.certificate",
            "listen.tls.key",
            c -> Objects.requireNonNull(c.listen().tls()).certificate(),
            "\"gone.pem\" does not exist"),
        pem(
            "listen.tls.key",
            "listen.tls.certificate",
            c -> Objects.requireNonNull(c.listen().tls()).key(),
            "\"gone.pem\" does not exist"),
        new Row(
            "listen.tls.client-trust",
            "there.pem",
            List.of("listen.tls.certificate=there.pem", "listen.tls.key=there.pem"),
            c -> name(Objects.requireNonNull(c.listen().tls()).clientTrust()),
            "there.pem",
            "gone.pem",
            "\"gone.pem\" does not exist"),
        new Row(
            "listen.tls.client-certificate",
            "optional",
            List.of("listen.tls.certificate=there.pem", "listen.tls.key=there.pem"),
            c -> Objects.requireNonNull(c.listen().tls()).client(),
            ListenConfig.ClientCertificate.OPTIONAL,
            "maybe",
            "\"maybe\" is not known; allowed required | optional"),
        row(
            "listen.event-loops",
            "3",
            c -> c.listen().eventLoops(),
            3,
            "0",
            "\"0\" is too small; allowed 1 to 256"),
        row(
            "listen.max-connections",
            "50",
            c -> c.listen().maxConnections(),
            50,
            "many",
            "\"many\" is not a whole number; allowed 1 to 1000000"),
        row(
            "listen.max-line",
            "4KiB",
            c -> c.listen().maxLine(),
            4096,
            "8192",
            "\"8192\" has no unit: B, KiB, MiB or GiB; allowed 256B to 64KiB"),
        row(
            "listen.max-headers",
            "1MiB",
            c -> c.listen().maxHeaders(),
            1048576,
            "16KB",
            "\"16KB\" is not a size such as 16KiB"),
        row(
            "listen.max-header-count",
            "1000",
            c -> c.listen().maxHeaderCount(),
            1000,
            "9",
            "\"9\" is too small; allowed 10 to 1000"),
        row(
            "listen.max-body",
            "1GiB",
            c -> c.listen().maxBody(),
            1073741824L,
            "65GiB",
            "\"65GiB\" is too large; allowed 1B to 64GiB"),
        row(
            "listen.header-timeout",
            "3s",
            c -> c.listen().headerTimeout(),
            Duration.ofSeconds(3),
            "9ms",
            "\"9ms\" is too small; allowed 10ms to 10m"),
        row(
            "listen.idle-timeout",
            "2m",
            c -> c.listen().idleTimeout(),
            Duration.ofMinutes(2),
            "75",
            "\"75\" has no unit: ms, s, m, h or d; allowed 10ms to 1h"),
        row(
            "listen.http2.max-streams",
            "1000",
            c -> c.listen().http2().maxStreams(),
            1000,
            "1001",
            "\"1001\" is too large; allowed 1 to 1000"),
        row(
            "listen.http2.max-resets",
            "20",
            c -> c.listen().http2().maxResets(),
            20,
            "0",
            "\"0\" is too small; allowed 1 to 1000000"),
        row(
            "listen.http2.max-control-frames",
            "10",
            c -> c.listen().http2().maxControlFrames(),
            10,
            "9",
            "\"9\" is too small; allowed 10 to 1000000"),
        row(
            "admin.host",
            "localhost",
            c -> c.admin().host(),
            "localhost",
            "0.0.0.0",
            "\"0.0.0.0\" is not a loopback address, and a token or mutual TLS to guard it is not"
                + " built yet"),
        row(
            "admin.port",
            "9091",
            c -> c.admin().port(),
            9091,
            "-1",
            "\"-1\" is too small; allowed 0 to 65535"),
        row(
            "admin.metrics",
            "open",
            c -> "open",
            "open",
            "auth",
            "\"auth\" is not built yet; allowed open"),
        row(
            "admin.changes",
            "on",
            c -> c.admin().changes(),
            true,
            "yes",
            "\"yes\" is not known; allowed on | off"),
        row(
            "directory.file",
            "later.json",
            c -> name(c.directory().file()),
            "later.json",
            ".",
            "\".\" is a folder; allowed a file's path"),
        row(
            "directory.check-every",
            "250ms",
            c -> c.directory().checkEvery(),
            Duration.ofMillis(250),
            "9ms",
            "\"9ms\" is too small; allowed 10ms to 1h"),
        row(
            "directory.reread-every",
            "1d",
            c -> c.directory().rereadEvery(),
            Duration.ofDays(1),
            "2d",
            "\"2d\" is too large; allowed 10ms to 1d"),
        row(
            "directory.max-shrink",
            "12.5%",
            c -> c.directory().maxShrink(),
            0.125,
            "20",
            "\"20\" has no % sign; allowed 0% to 100%"),
        row(
            "directory.suspensions",
            "stopped.json",
            c -> name(Objects.requireNonNull(c.directory().suspensions())),
            "stopped.json",
            ".",
            "\".\" is a folder"),
        row(
            "admit.mode",
            "open",
            c -> c.admit().mode(),
            AdmitConfig.Mode.OPEN,
            "tokens",
            "\"tokens\" is not known; allowed open | gateway | token"),
        row(
            "admit.open-beyond-loopback",
            "true",
            c -> c.admit().openBeyondLoopback(),
            true,
            "yes",
            "\"yes\" is not known; allowed true | false"),
        row(
            "admit.max-in-flight",
            "1",
            c -> c.admit().maxInFlight(),
            1,
            "1.5",
            "\"1.5\" is not a whole number; allowed 1 to 1000000"),
        row(
            "admit.read-share",
            "50%",
            c -> c.admit().readShare(),
            0.5,
            "50",
            "\"50\" has no % sign; allowed 0% to 100%"),
        row(
            "admit.new-share",
            "90%",
            c -> c.admit().newShare(),
            0.9,
            "101%",
            "\"101%\" is too large; allowed 0% to 100%"),
        row(
            "admit.max-loop-delay",
            "1ms",
            c -> c.admit().maxLoopDelay(),
            Duration.ofMillis(1),
            "50",
            "\"50\" has no unit: ms, s, m, h or d; allowed 1ms to 1h"),
        row(
            "admit.max-recorded",
            "0",
            c -> c.admit().maxRecorded(),
            0,
            "-1",
            "\"-1\" is too small; allowed 0 to 1000000"),
        row(
            "admit.gateway.application-header",
            "X-App",
            c -> c.admit().gateway().applicationHeader(),
            "X-App",
            "X App",
            "\"X App\" is not such a name; allowed 1 to 100 of letters, digits, '-'"),
        row(
            "admit.gateway.certificates",
            "Gateway.example, sha256:" + "AB".repeat(32),
            c -> c.admit().gateway().certificates(),
            List.of("gateway.example", "sha256:" + "ab".repeat(32)),
            "sha256:ab",
            "\"sha256:ab\" is not a list of names and fingerprints"),
        row(
            "admit.gateway.networks",
            "10.1.0.0/16, fd00::/8",
            c -> c.admit().gateway().networks(),
            List.of(Network.parse("10.1.0.0/16"), Network.parse("fd00::/8")),
            "10.1.0.0/33",
            "\"10.1.0.0/33\" is not a list of networks"),
        token(
            "issuer",
            "https://issuer",
            TokenConfig::issuer,
            "https://issuer",
            "a b",
            "is not such a text"),
        token("audience", "bars", TokenConfig::audience, "bars", "a b", "is not such a text"),
        token("scope", "bars", TokenConfig::scope, "bars", "a b", "is not such a text"),
        token(
            "application-claim",
            "azp",
            TokenConfig::applicationClaim,
            "azp",
            "a b",
            "is not such a text"),
        token("skew", "10s", TokenConfig::skew, Duration.ofSeconds(10), "2m", "is too large"),
        token("max-cached", "7", TokenConfig::maxCached, 7, "0", "is too small"),
        token("max-waiting", "7", TokenConfig::maxWaiting, 7, "0", "is too small"),
        token(
            "keys.url",
            "https://keys/jwks?of=bars",
            t -> t.keys().url(),
            URI.create("https://keys/jwks?of=bars"),
            "http://keys/jwks",
            "is not https; allowed an https URL, or http at a loopback address"),
        token(
            "keys.ca-file",
            "there.pem",
            t -> name(Objects.requireNonNull(t.keys().caFile())),
            "there.pem",
            "gone.pem",
            "does not exist"),
        token(
            "keys.refresh",
            "1m",
            t -> t.keys().refresh(),
            Duration.ofMinutes(1),
            "29s",
            "is too small"),
        token(
            "keys.timeout",
            "1s",
            t -> t.keys().timeout(),
            Duration.ofSeconds(1),
            "31s",
            "is too large"),
        token(
            "keys.max-age",
            "2h",
            t -> t.keys().maxAge(),
            Duration.ofHours(2),
            "9m",
            "is too small"),
        row(
            "admit.quota.mode",
            "off",
            c -> c.admit().quota().enabled(),
            false,
            "false",
            "\"false\" is not known; allowed on | off"),
        row(
            "admit.quota.per-second",
            "100",
            c -> c.admit().quota().common().perSecond(),
            100,
            "0",
            "\"0\" is too small"),
        row(
            "admit.quota.per-minute",
            "1000",
            c -> c.admit().quota().common().perMinute(),
            1000,
            "5/m",
            "\"5/m\" is not a whole number"),
        row(
            "admit.quota.applications",
            "app-1=100/1000, https://app/2=1/2",
            c -> c.admit().quota().own(),
            Map.of("app-1", new Quota(100, 1000), "https://app/2", new Quota(1, 2)),
            "app-1=1/2,app-1=1/2",
            "\"app-1=1/2,app-1=1/2\" names an application twice"),
        row(
            "admit.quota.max-applications",
            "10",
            c -> c.admit().quota().maxApplications(),
            10,
            "0",
            "\"0\" is too small"),
        row(
            "stream.deadline",
            "5s",
            c -> c.stream().deadline(),
            Duration.ofSeconds(5),
            "5 s",
            "\"5 s\" is not a duration such as 32s; allowed 1ms to 10m"),
        row(
            "stream.connect-timeout",
            "250ms",
            c -> c.stream().connectTimeout(),
            Duration.ofMillis(250),
            "2",
            "\"2\" has no unit: ms, s, m, h or d; allowed 1ms to 1m"),
        row(
            "stream.min-rate",
            "2KiB/s",
            c -> c.stream().minRate(),
            2048L,
            "1024",
            "\"1024\" has no unit: B/s, KiB/s, MiB/s or GiB/s; allowed 1B/s to 1GiB/s"),
        row(
            "stream.max-duration",
            "3h",
            c -> c.stream().maxDuration(),
            Duration.ofHours(3),
            "25h",
            "\"25h\" is too large; allowed 1ms to 1d"),
        row(
            "stream.max-in-flight",
            "10",
            c -> c.stream().maxInFlight(),
            10,
            "0",
            "\"0\" is too small; allowed 1 to 1000000"),
        row(
            "stream.max-connections",
            "20",
            c -> c.stream().maxConnections(),
            20,
            "100001",
            "\"100001\" is too large; allowed 1 to 100000"),
        row(
            "stream.idle-timeout",
            "1s",
            c -> c.stream().idleTimeout(),
            Duration.ofSeconds(1),
            "1S",
            "\"1S\" is not a duration such as 32s; allowed 1ms to 1h"),
        row(
            "stream.http2",
            "false",
            c -> c.stream().http2(),
            false,
            "off",
            "\"off\" is not known; allowed true | false"),
        row(
            "stream.inside-networks",
            "10.0.0.0/8, fd00::/8",
            c -> c.stream().insideNetworks(),
            new Networks(List.of("10.0.0.0/8", "fd00::/8")),
            "10.0.0.0/33",
            "\"10.0.0.0/33\" is not a list of address ranges"),
        row(
            "stream.breaker.mode",
            "off",
            c -> c.stream().isolation().breaker().on(),
            false,
            "no",
            "\"no\" is not known; allowed on | off"),
        row(
            "stream.breaker.failure-rate",
            "30%",
            c -> c.stream().isolation().breaker().failureRate(),
            0.3,
            "30",
            "\"30\" has no % sign; allowed 0% to 100%"),
        row(
            "stream.breaker.min-calls",
            "5",
            c -> c.stream().isolation().breaker().minCalls(),
            5,
            "0",
            "\"0\" is too small; allowed 1 to 100000"),
        row(
            "stream.breaker.window",
            "30s",
            c -> c.stream().isolation().breaker().window(),
            Duration.ofSeconds(30),
            "500ms",
            "\"500ms\" is too small; allowed 1s to 10m"),
        row(
            "stream.breaker.open-time",
            "1s",
            c -> c.stream().isolation().breaker().openTime(),
            Duration.ofSeconds(1),
            "5",
            "\"5\" has no unit: ms, s, m, h or d; allowed 10ms to 10m"),
        row(
            "stream.breaker.ramp-up",
            "0ms",
            c -> c.stream().isolation().breaker().rampUp(),
            Duration.ZERO,
            "11m",
            "\"11m\" is too large; allowed 0ms to 10m"),
        row(
            "stream.connect-backoff",
            "1s",
            c -> c.stream().isolation().connectBackoff(),
            Duration.ofSeconds(1),
            "2m",
            "\"2m\" is too large; allowed 0ms to 1m"),
        row(
            "stream.resend-budget",
            "5%",
            c -> c.stream().isolation().resendBudget(),
            0.05,
            "101%",
            "\"101%\" is too large; allowed 0% to 100%"),
        row(
            "stream.adaptive-limit",
            "vegas",
            c -> c.stream().isolation().adaptiveLimit(),
            IsolationConfig.Adaptive.VEGAS,
            "gradient",
            "\"gradient\" is not known; allowed off | vegas | aimd"),
        row(
            "stream.adaptive-min",
            "30",
            c -> c.stream().isolation().adaptiveMin(),
            30,
            "none",
            "\"none\" is not a whole number; allowed 8 to 1000000"),
        pem("stream.tls.trust", "", c -> c.stream().tls().trust(), "\"gone.pem\" does not exist"),
        pem(
            "stream.tls.certificate",
            "stream.tls.key",
            c -> c.stream().tls().certificate(),
            "\"gone.pem\" does not exist"),
        pem(
            "stream.tls.key",
            "stream.tls.certificate",
            c -> c.stream().tls().key(),
            "\"gone.pem\" does not exist"),
        row(
            "errors.dialect",
            "live",
            c -> c.dialect(),
            Dialect.LIVE,
            "Live",
            "\"Live\" is not known; allowed guide | live"),
        pem("metadata.file", "", c -> c.metadataFile(), "\"gone.pem\" does not exist"),
        row(
            "metadata.url",
            "https://bars.example:8443/FHIR/R4",
            c -> c.metadataUrl(),
            "https://bars.example:8443/FHIR/R4",
            "https://bars.example/",
            "\"https://bars.example/\" is not such a URL; allowed an http or https URL"),
        pem("status.api-key-file", "", c -> c.statusKeyFile(), "\"gone.pem\" does not exist"),
        row(
            "inspect.mode",
            "off",
            c -> c.inspect().mode(),
            InspectConfig.Mode.OFF,
            "false",
            "\"false\" is not known; allowed envelope | off"),
        row(
            "inspect.on-mismatch",
            "refuse",
            c -> c.inspect().onMismatch(),
            InspectConfig.OnMismatch.REFUSE,
            "reject",
            "\"reject\" is not known; allowed flag | refuse"),
        row(
            "inspect.max-held",
            "1GiB",
            c -> c.inspect().maxHeld(),
            1L << 30,
            "64",
            "\"64\" has no unit: B, KiB, MiB or GiB; allowed 1KiB to 16GiB"),
        row(
            "audit.mode",
            "off",
            c -> c.audit().on(),
            false,
            "false",
            "\"false\" is not known; allowed on | off"),
        row(
            "audit.postgres.uri",
            "postgresql://bars@db:5433/audit",
            c -> c.audit().postgresUri(),
            "postgresql://bars@db:5433/audit",
            "jdbc:postgresql://db/audit",
            "the value is not a PostgreSQL address; allowed postgresql://USER@HOST[:PORT]/DATABASE"),
        pem(
            "audit.postgres.password-file",
            "",
            c -> c.audit().passwordFile(),
            "\"gone.pem\" does not exist"),
        row(
            "audit.postgres.pool-size",
            "64",
            c -> c.audit().poolSize(),
            64,
            "65",
            "\"65\" is too large; allowed 1 to 64"),
        row(
            "audit.journal.path",
            "waiting",
            c -> c.audit().journal().path().getFileName().toString(),
            "waiting",
            "router.yaml",
            "\"router.yaml\" is not a folder; allowed a folder's path"),
        row(
            "audit.journal.max-size",
            "1MiB",
            c -> c.audit().journal().maxSize(),
            1L << 20,
            "1023KiB",
            "\"1023KiB\" is too small; allowed 1MiB to 32GiB"),
        row(
            "audit.journal.sync",
            "disk",
            c -> c.audit().journal().sync(),
            JournalConfig.Sync.DISK,
            "none",
            "\"none\" is not known; allowed os | disk"),
        row(
            "audit.journal.when-full",
            "drop-oldest",
            c -> c.audit().journal().whenFull(),
            JournalConfig.WhenFull.DROP_OLDEST,
            "block",
            "\"block\" is not known; allowed refuse | drop-oldest"),
        row(
            "audit.batch",
            "1",
            c -> c.audit().batch(),
            1,
            "99999999999999999999",
            "\"99999999999999999999\" is not a whole number; allowed 1 to 5000"),
        row(
            "audit.linger",
            "0ms",
            c -> c.audit().linger(),
            Duration.ZERO,
            "0",
            "\"0\" has no unit: ms, s, m, h or d; allowed 0ms to 10s"),
        row(
            "audit.retention",
            "30d",
            c -> c.audit().retention(),
            Duration.ofDays(30),
            "23h",
            "\"23h\" is too small; allowed 1d to 3650d"),
        new Row(
            "audit.seal.path",
            "seals",
            List.of("audit.seal.key-file=there.pem"),
            c -> name(Objects.requireNonNull(c.audit().ledger().sealPath())),
            "seals",
            "there.pem",
            "\"there.pem\" is not a folder; allowed a folder's path"),
        new Row(
            "audit.seal.key-file",
            "there.pem",
            List.of("audit.seal.path=seals"),
            c -> name(Objects.requireNonNull(c.audit().ledger().sealKeyFile())),
            "there.pem",
            "gone.pem",
            "\"gone.pem\" does not exist"),
        pem(
            "audit.seal.nhs-number-key-file",
            "",
            c -> c.audit().ledger().nhsNumberKeyFile(),
            "\"gone.pem\" does not exist"),
        splunk(
            "url",
            "https://splunk:8088",
            c -> c.url(),
            "https://splunk:8088",
            "https://splunk:8088/",
            "\"https://splunk:8088/\" is not such a URL"),
        splunk(
            "token-file",
            "there.pem",
            c -> name(c.tokenFile()),
            "there.pem",
            "gone.pem",
            "\"gone.pem\" does not exist"),
        splunk(
            "index", "bars-1", c -> c.index(), "bars-1", "_bars", "\"_bars\" is not such a name"),
        splunk("ack", "off", c -> c.ack(), false, "no", "\"no\" is not known; allowed on | off"),
        splunk(
            "ack-timeout",
            "30s",
            c -> c.ackTimeout(),
            Duration.ofSeconds(30),
            "11m",
            "\"11m\" is too large; allowed 1s to 10m"),
        splunk(
            "gzip", "true", c -> c.gzip(), true, "on", "\"on\" is not known; allowed true | false"),
        splunk(
            "ca-file",
            "there.pem",
            c -> name(Objects.requireNonNull(c.caFile())),
            "there.pem",
            "gone.pem",
            "\"gone.pem\" does not exist"),
        new Row(
            "audit.splunk.insecure",
            "true",
            List.of("audit.splunk.url=http://splunk:8088", "audit.splunk.token-file=there.pem"),
            c -> Objects.requireNonNull(c.audit().splunk()).url(),
            "http://splunk:8088",
            "yes",
            "\"yes\" is not known; allowed true | false"),
        splunk(
            "nhs-number",
            "include",
            c -> c.nhsNumbers(),
            NhsNumbers.INCLUDE,
            "mask",
            "\"mask\" is not known; allowed omit | include"),
        kafka(
            "bootstrap-servers",
            "k1:9092,K2:9093",
            c -> c.bootstrapServers(),
            "k1:9092,k2:9093",
            "k1",
            "\"k1\" is not a list of hosts with ports"),
        kafka("topic", "bars", c -> c.topic(), "bars", "..", "\"..\" is not such a name"),
        kafka(
            "properties-file",
            "there.pem",
            c -> name(Objects.requireNonNull(c.propertiesFile())),
            "there.pem",
            "gone.pem",
            "\"gone.pem\" does not exist"),
        kafka(
            "insecure",
            "true",
            c -> c.insecure(),
            true,
            "yes",
            "\"yes\" is not known; allowed true | false"),
        kafka(
            "nhs-number",
            "include",
            c -> c.nhsNumbers(),
            NhsNumbers.INCLUDE,
            "mask",
            "\"mask\" is not known; allowed omit | include"));
  }

  @BeforeEach
  void filesThatKeysMayName() throws IOException {
    Files.writeString(folder.resolve("there.pem"), "");
  }

  @Test
  void noKeyIsWithoutARow() {
    assertThat(rows().map(Row::key)).containsExactlyElementsOf(namesOfKeys());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aGoodValueReachesItsRecord(Row row) throws IOException {
    List<String> sets = new ArrayList<>(row.with());
    sets.add(row.key() + "=" + row.good());

    Loaded loaded = ConfigLoader.load(emptyFile(), withNeeded(sets), Map.of());

    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    assertThat(row.taken().apply(((Loaded.Ok) loaded).config())).isEqualTo(row.value());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aBadValueIsAFaultInItsLine(Row row) throws IOException {
    Path file = emptyFile();
    Files.writeString(file, "\n" + row.key() + ": '" + row.bad() + "'\n");

    Loaded loaded = ConfigLoader.load(file, needed(row), Map.of());

    assertThat(loaded).isInstanceOf(Loaded.Faulty.class);
    assertThat(((Loaded.Faulty) loaded).faults())
        .extracting(Fault::toString)
        .singleElement()
        .asString()
        .startsWith(file + ":2: " + row.key() + ": " + row.problem());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anEmptyValueIsAFault(Row row) throws IOException {
    Path file = emptyFile();
    Files.writeString(file, row.key() + ":\n");

    Loaded loaded = ConfigLoader.load(file, needed(row), Map.of());

    assertThat(loaded).isInstanceOf(Loaded.Faulty.class);
    assertThat(((Loaded.Faulty) loaded).faults())
        .extracting(Fault::toString)
        .containsExactly(
            file + ":1: " + row.key() + ": has no value; allowed " + allowed(row.key()));
  }

  private static List<String> namesOfKeys() {
    return Keys.ALL.stream().<String>map(Key::name).toList();
  }

  private static String allowed(String name) {
    return Keys.ALL.stream()
        .filter(key -> key.name().equals(name))
        .map(key -> key.kind().allowed())
        .findFirst()
        .orElseThrow();
  }

  private Path emptyFile() throws IOException {
    return Files.writeString(folder.resolve("router.yaml"), "");
  }

  /** What a start needs at the least, put before {@code sets} so that those count. */
  private static List<String> withNeeded(List<String> sets) {
    List<String> all = new ArrayList<>(List.of("directory.file=targets.json", "audit.mode=off"));
    all.addAll(sets);
    return all;
  }

  private static List<String> needed(Row row) {
    List<String> sets = withNeeded(row.with());
    sets.removeIf(set -> set.startsWith(row.key() + "="));
    if (row.key().equals("audit.mode")) {
      sets.add("audit.postgres.uri=postgresql://bars@localhost/bars");
    }
    return sets;
  }
}
