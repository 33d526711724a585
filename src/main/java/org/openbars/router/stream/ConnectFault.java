package org.openbars.router.stream;

import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;

/** Tells why a connection could not be had. */
final class ConnectFault {
  private static final int MAX_DEPTH = 10;

  private ConnectFault() {}

  static Delivery.Reason reason(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_DEPTH; i++) {
      if (cause instanceof ConnectionPoolTooBusyException) {
        return Delivery.Reason.BUSY;
      }
      if (cause instanceof UnknownHostException) {
        return Delivery.Reason.NOT_RESOLVED;
      }
      if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return Delivery.Reason.TLS_FAILED;
      }
      cause = cause.getCause();
    }
    return Delivery.Reason.UNREACHABLE;
  }
}
