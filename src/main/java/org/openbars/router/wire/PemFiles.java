package org.openbars.router.wire;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files that one use of TLS needs.
 *
 * @param trust certificates that may sign the other side's; null for those of the Java runtime
 * @param certificate our certificate chain, null for none
 * @param key its private key, null exactly when {@code certificate} is
 */
public record PemFiles(@Nullable Path trust, @Nullable Path certificate, @Nullable Path key) {
  public PemFiles {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException("certificate and key must come together");
    }
  }

  /** Those there are. */
  List<Path> all() {
    return Stream.of(trust, certificate, key).flatMap(Stream::ofNullable).toList();
  }
}
