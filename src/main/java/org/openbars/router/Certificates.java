package org.openbars.router;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.SplunkConfig;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.meter.CertificateExpiry;
import org.openbars.router.meter.Meters;
import org.openbars.router.stream.StreamConfig;
import org.openbars.router.wire.Keyring;
import org.openbars.router.wire.PemFiles;
import org.openbars.router.wire.TlsEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every certificate of the configuration: opened for those who use it, its end watched, and what
 * becomes of its replacements logged and counted.
 */
final class Certificates implements Keyring.Diary {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  /** What the files of one use of TLS are called in metrics: ours, and what the others' need. */
  private record Uses(String own, String trust) {}

  private static final Uses LISTENER = new Uses("listener", "client-trust");
  private static final Uses RECEIVERS = new Uses("client", "receiver-trust");

  private final Meters meters;
  private final CertificateExpiry expiry;
  private final Map<PemFiles, Uses> uses = new HashMap<>();

  private Certificates(Meters meters) {
    this.meters = meters;
    this.expiry = new CertificateExpiry(meters, InstantSource.system());
  }

  /**
   * Reads them. Blocking.
   *
   * @throws IOException when some cannot be used
   * @throws IllegalArgumentException when the TLS engine asked for is not available
   */
  static Keyring open(RouterConfig config, Meters meters) throws IOException {
    Certificates certificates = new Certificates(meters);
    ListenConfig.Tls listener = config.listen().tls();
    if (listener != null) {
      certificates.uses.put(listener.files(), LISTENER);
    }
    towardsReceivers(config.stream())
        .forEach(files -> certificates.uses.putIfAbsent(files, RECEIVERS));
    certificates.uses.keySet().forEach(certificates::watch);
    SplunkConfig splunk = config.audit().splunk();
    certificates.watch("splunk-trust", splunk == null ? null : splunk.caFile());
    TlsEngine engine = TlsEngine.of(config.tlsEngine().name());
    LOG.info("TLS engine: {}", engine);
    return Keyring.open(engine, certificates.uses.keySet(), certificates);
  }

  private static Set<PemFiles> towardsReceivers(StreamConfig config) {
    Set<PemFiles> all = new LinkedHashSet<>();
    all.add(config.tls().files());
    for (StreamConfig.Receiver receiver : config.receivers().values()) {
      StreamConfig.Tls own = receiver.tls();
      if (own != null) {
        all.add(own.files());
      }
    }
    return all;
  }

  private void watch(PemFiles files) {
    Uses of = uses.getOrDefault(files, RECEIVERS);
    watch(of.own(), files.certificate());
    watch(of.trust(), files.trust());
  }

  private void watch(String use, @Nullable Path file) {
    if (file != null) {
      expiry.watch(use, file);
    }
  }

  @Override
  public void taken(PemFiles files) {
    watch(files);
    count(files, "taken");
    LOG.info("changed certificates are in use: {}", files);
  }

  @Override
  public void refused(PemFiles files, String problem) {
    count(files, "refused");
    LOG.warn("changed certificates are not taken, the last good ones stay in use: {}", problem);
  }

  private void count(PemFiles files, String outcome) {
    meters
        .counter(
            "bars.certificate.reloads",
            "Certificate files that changed",
            "use",
            uses.getOrDefault(files, RECEIVERS).own(),
            "outcome",
            outcome)
        .increment();
  }
}
