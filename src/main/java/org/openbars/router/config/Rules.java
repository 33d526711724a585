package org.openbars.router.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admit.AdmitConfig;
import org.openbars.router.audit.KafkaSettings;

/** What keys demand of each other. A key with a fault of its own takes no part. */
final class Rules {
  private final Values values;
  private final Function<Key<?>, Place> missing;
  private final Consumer<Fault> faults;

  /**
   * @param missing where a key that nobody wrote would stand
   */
  Rules(Values values, Function<Key<?>, Place> missing, Consumer<Fault> faults) {
    this.values = values;
    this.missing = missing;
    this.faults = faults;
  }

  void check() {
    bothOrNeither(Keys.LISTEN_TLS_CERTIFICATE, Keys.LISTEN_TLS_KEY);
    clientTrustNeedsTls();
    bothOrNeither(StreamKeys.TLS_CERTIFICATE, StreamKeys.TLS_KEY);
    bothOrNeither(AuditKeys.SEAL_PATH, AuditKeys.SEAL_KEY_FILE);
    openOnlyOnLoopback();
    gatewayIsKnown();
    tokensCanBeChecked();
    portsDiffer();
    directoryFileIsSet();
    databaseIsSet();
    passwordIsKeptApart();
    splunkIsWhole();
    bothOrNeither(AuditKeys.KAFKA_BOOTSTRAP_SERVERS, AuditKeys.KAFKA_TOPIC);
    kafkaIsSecured();
  }

  /** A directory that may come later for the router must be there for a check. */
  void directoryFileIsThere() {
    Path file = values.find(Keys.DIRECTORY_FILE);
    if (file != null && !Files.isReadable(file)) {
      fault(Keys.DIRECTORY_FILE, "is not there or not readable (looked for " + file + ")", "");
    }
  }

  void bothOrNeither(Key<?> one, Key<?> other) {
    boolean hasOne = values.setting(one) != null;
    boolean hasOther = values.setting(other) != null;
    if (hasOne && !hasOther) {
      fault(one, "needs " + other.name() + " as well", "both or neither");
    } else if (hasOther && !hasOne) {
      fault(other, "needs " + one.name() + " as well", "both or neither");
    }
  }

  /** Over plain http nobody would be asked. */
  private void clientTrustNeedsTls() {
    if (values.setting(Keys.LISTEN_TLS_CLIENT_TRUST) != null
        && values.setting(Keys.LISTEN_TLS_CERTIFICATE) == null) {
      fault(
          Keys.LISTEN_TLS_CLIENT_TRUST,
          "needs " + Keys.LISTEN_TLS_CERTIFICATE.name() + " as well",
          "");
    }
  }

  private void openOnlyOnLoopback() {
    String host = values.find(Keys.LISTEN_HOST);
    AdmitConfig.Mode mode = values.find(AdmitKeys.MODE);
    Boolean beyond = values.find(AdmitKeys.OPEN_BEYOND_LOOPBACK);
    if (host == null || mode != AdmitConfig.Mode.OPEN || beyond == null || beyond) {
      return;
    }
    if (!Hosts.isLoopback(host)) {
      fault(
          Keys.LISTEN_HOST,
          "lets other machines send although " + AdmitKeys.MODE.name() + " is open",
          "a loopback address, or " + AdmitKeys.OPEN_BEYOND_LOOPBACK.name() + ": true");
    }
  }

  private void gatewayIsKnown() {
    if (values.find(AdmitKeys.MODE) != AdmitConfig.Mode.GATEWAY) {
      return;
    }
    boolean byCertificate = values.setting(AdmitKeys.GATEWAY_CERTIFICATES) != null;
    boolean byNetwork = values.setting(AdmitKeys.GATEWAY_NETWORKS) != null;
    if (!byCertificate && !byNetwork) {
      fault(
          AdmitKeys.MODE,
          "does not say who the gateway is",
          AdmitKeys.GATEWAY_CERTIFICATES.name() + " or " + AdmitKeys.GATEWAY_NETWORKS.name());
    }
    if (byCertificate && values.setting(Keys.LISTEN_TLS_CLIENT_TRUST) == null) {
      fault(
          AdmitKeys.GATEWAY_CERTIFICATES,
          "needs " + Keys.LISTEN_TLS_CLIENT_TRUST.name() + " as well: without it none is asked for",
          "");
    }
  }

  private void tokensCanBeChecked() {
    if (values.find(AdmitKeys.MODE) != AdmitConfig.Mode.TOKEN) {
      return;
    }
    for (Key<?> key :
        List.of(AdmitKeys.TOKEN_ISSUER, AdmitKeys.TOKEN_AUDIENCE, AdmitKeys.TOKEN_KEYS_URL)) {
      if (values.setting(key) == null) {
        fault(key, "must be set when " + AdmitKeys.MODE.name() + " is token", key.kind().allowed());
      }
    }
  }

  private void portsDiffer() {
    Integer listen = values.find(Keys.LISTEN_PORT);
    Integer admin = values.find(Keys.ADMIN_PORT);
    String listenHost = values.find(Keys.LISTEN_HOST);
    String adminHost = values.find(Keys.ADMIN_HOST);
    if (listen == null || admin == null || listenHost == null || adminHost == null) {
      return;
    }
    boolean meet = listenHost.equals(adminHost) || Hosts.isAny(listenHost);
    if (listen != 0 && listen.equals(admin) && meet) {
      Key<?> key = values.setting(Keys.ADMIN_PORT) != null ? Keys.ADMIN_PORT : Keys.LISTEN_PORT;
      fault(key, "is the same for listen and admin", "two different ports");
    }
  }

  private void directoryFileIsSet() {
    if (values.setting(Keys.DIRECTORY_FILE) == null) {
      fault(Keys.DIRECTORY_FILE, "must be set", Keys.DIRECTORY_FILE.kind().allowed());
    }
  }

  private void databaseIsSet() {
    Boolean on = values.find(AuditKeys.MODE);
    if (on != null && on && values.setting(AuditKeys.POSTGRES_URI) == null) {
      fault(
          AuditKeys.POSTGRES_URI,
          "must be set when audit.mode is on",
          AuditKeys.POSTGRES_URI.kind().allowed());
    }
  }

  /** Files are copied and command lines are listed; neither is a place for a password. */
  private void passwordIsKeptApart() {
    String uri = values.find(AuditKeys.POSTGRES_URI);
    Setting setting = values.setting(AuditKeys.POSTGRES_URI);
    if (uri == null || setting == null || !Hosts.hasPassword(uri)) {
      return;
    }
    if (setting.place().source() != Place.Source.ENVIRONMENT) {
      fault(
          AuditKeys.POSTGRES_URI,
          "holds a password; put it into the file that "
              + AuditKeys.POSTGRES_PASSWORD_FILE.name()
              + " names",
          "");
    } else if (values.setting(AuditKeys.POSTGRES_PASSWORD_FILE) != null) {
      fault(
          AuditKeys.POSTGRES_URI,
          "holds a password, and so does the file that "
              + AuditKeys.POSTGRES_PASSWORD_FILE.name()
              + " names",
          "one of them");
    }
  }

  private void splunkIsWhole() {
    bothOrNeither(AuditKeys.SPLUNK_URL, AuditKeys.SPLUNK_TOKEN_FILE);
    String url = values.find(AuditKeys.SPLUNK_URL);
    Boolean insecure = values.find(AuditKeys.SPLUNK_INSECURE);
    if (url != null && url.startsWith("http:") && insecure != null && !insecure) {
      fault(
          AuditKeys.SPLUNK_URL,
          "sends records and the token over plain http",
          "https, or " + AuditKeys.SPLUNK_INSECURE.name() + ": true");
    }
  }

  private void kafkaIsSecured() {
    Path file = values.find(AuditKeys.KAFKA_PROPERTIES_FILE);
    Boolean insecure = values.find(AuditKeys.KAFKA_INSECURE);
    if (file == null || insecure == null) {
      return;
    }
    String problem = KafkaSettings.problem(file, insecure);
    if (problem != null) {
      fault(AuditKeys.KAFKA_PROPERTIES_FILE, problem, "");
    }
  }

  private void fault(Key<?> key, String problem, String allowed) {
    @Nullable Setting setting = values.setting(key);
    faults.accept(
        setting != null
            ? setting.fault(problem, allowed)
            : new Fault(missing.apply(key), key.name(), problem, allowed));
  }
}
