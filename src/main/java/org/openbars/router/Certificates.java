package org.openbars.router;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openbars.router.audit.SplunkConfig;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.listen.ListenConfig;
import org.openbars.router.meter.CertificateExpiry;
import org.openbars.router.meter.Meters;
import org.openbars.router.stream.StreamConfig;

/** Has the end of every certificate of the configuration watched, each file once a use. */
final class Certificates {
  private final CertificateExpiry expiry;
  private final Set<String> watched = new HashSet<>();

  private Certificates(CertificateExpiry expiry) {
    this.expiry = expiry;
  }

  /** Blocking. */
  static void watch(RouterConfig config, Meters meters) {
    Certificates certificates =
        new Certificates(new CertificateExpiry(meters, InstantSource.system()));
    ListenConfig.Tls listener = config.listen().tls();
    certificates.file("listener", listener == null ? null : listener.certificate());
    certificates.towardsReceivers(config.stream().tls());
    for (StreamConfig.Receiver receiver : config.stream().receivers().values()) {
      StreamConfig.Tls own = receiver.tls();
      if (own != null) {
        certificates.towardsReceivers(own);
      }
    }
    SplunkConfig splunk = config.audit().splunk();
    certificates.file("splunk-trust", splunk == null ? null : splunk.caFile());
  }

  private void towardsReceivers(StreamConfig.Tls tls) {
    file("client", tls.certificate());
    file("receiver-trust", tls.trust());
  }

  private void file(String use, @Nullable Path file) {
    if (file != null && watched.add(use + " " + file)) {
      expiry.watch(use, file);
    }
  }
}
