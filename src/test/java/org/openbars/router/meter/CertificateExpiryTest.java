package org.openbars.router.meter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.fixture.TestCertificate;

class CertificateExpiryTest {
  @TempDir private Path folder;
  private final Meters meters = new Meters();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

  private void watch(Path file) {
    new CertificateExpiry(meters, (InstantSource) now::get).watch("listener", file);
  }

  private double seconds() {
    return meters
        .registry()
        .get("bars.certificate.expiry.seconds")
        .tag("use", "listener")
        .gauge()
        .value();
  }

  @Test
  void secondsToTheEndFollowTheClockAndGoBelowNought() throws Exception {
    Path file = TestCertificate.in(folder).certificate();
    watch(file);
    double twoDays = Duration.ofDays(2).toSeconds();
    assertThat(seconds()).isBetween(twoDays - 600, twoDays + 5);
    assertThat(meters.scrape())
        .contains("bars_certificate_expiry_seconds{file=\"" + file + "\",use=\"listener\"}");

    now.set(now.get().plus(Duration.ofDays(3)));
    assertThat(seconds()).isNegative();
  }

  @Test
  void fileWithoutACertificateIsNotWatched() throws Exception {
    watch(Files.writeString(folder.resolve("empty.pem"), ""));
    watch(Files.writeString(folder.resolve("other.pem"), "no certificate"));
    watch(folder.resolve("gone.pem"));
    assertThat(meters.scrape()).doesNotContain("bars_certificate");
  }
}
