package org.openbars.router.meter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on {@code /metrics} how long certificates in use are still good for: {@code
 * bars_certificate_expiry_seconds}, negative once they are not. Any thread.
 */
public final class CertificateExpiry {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateExpiry.class);

  private final Meters meters;
  private final InstantSource clock;
  private final Map<List<String>, AtomicLong> ends = new ConcurrentHashMap<>();

  public CertificateExpiry(Meters meters, InstantSource clock) {
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Watches the certificate of a PEM file that ends first; called again, reads the file again. One
   * that cannot be read is logged: what uses the file says so as well. Blocking.
   *
   * @param use what it is for, of a bounded set
   */
  public void watch(String use, Path file) {
    try {
      Instant end = firstEnd(file);
      ends.computeIfAbsent(List.of(use, file.toString()), name -> shown(use, file))
          .set(end.getEpochSecond());
    } catch (IOException | CertificateException e) {
      LOG.warn("{}: no certificate of which to watch the end: {}", file, e.toString());
    }
  }

  private AtomicLong shown(String use, Path file) {
    AtomicLong end = new AtomicLong();
    meters.gauge(
        "bars.certificate.expiry.seconds",
        "How long the file's first certificate to end is still good for",
        () -> end.get() - clock.instant().getEpochSecond(),
        "use",
        use,
        "file",
        file.toString());
    return end;
  }

  private static Instant firstEnd(Path file) throws IOException, CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      Instant first = Instant.MAX;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        if (each instanceof X509Certificate certificate) {
          Instant end = certificate.getNotAfter().toInstant();
          first = end.isBefore(first) ? end : first;
        }
      }
      if (first.equals(Instant.MAX)) {
        throw new CertificateException("holds none");
      }
      return first;
    }
  }
}
