package org.openbars.router.stream;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.openbars.router.wire.InsideAddressException;

/** Why a connection could not be had: a few kinds for the sender, more for the operator. */
enum ConnectFault {
  POOL_FULL(Delivery.Reason.BUSY),
  NOT_RESOLVED(Delivery.Reason.NOT_RESOLVED),
  /** Its name leads inside. */
  INSIDE_ADDRESS(Delivery.Reason.NOT_RESOLVED),
  REFUSED(Delivery.Reason.UNREACHABLE),
  TIMED_OUT(Delivery.Reason.UNREACHABLE),
  UNREACHABLE(Delivery.Reason.UNREACHABLE),
  /** Nobody whom we trust has signed its certificate. */
  TLS_UNTRUSTED(Delivery.Reason.TLS_FAILED),
  /** Its certificate is not valid yet, or no more. */
  TLS_EXPIRED(Delivery.Reason.TLS_FAILED),
  /** Its certificate is for another host. */
  TLS_WRONG_NAME(Delivery.Reason.TLS_FAILED),
  /** It will not have our certificate, or none of ours. */
  TLS_REFUSED_US(Delivery.Reason.TLS_FAILED),
  /** No version or suite that both sides have; or it does not speak TLS. */
  TLS_NO_COMMON_TERMS(Delivery.Reason.TLS_FAILED),
  TLS_TIMED_OUT(Delivery.Reason.TLS_FAILED),
  /** It closed the connection during the handshake, or right after it had seen our certificate. */
  TLS_BROKE_OFF(Delivery.Reason.TLS_FAILED),
  TLS_OTHER(Delivery.Reason.TLS_FAILED);

  private static final int MAX_DEPTH = 12;
  private static final int MAX_DETAIL = 200;

  private final Delivery.Reason reason;

  ConnectFault(Delivery.Reason reason) {
    this.reason = reason;
  }

  /** What it is to the sender. */
  Delivery.Reason reason() {
    return reason;
  }

  /** What it is called in metrics and logs. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind, with what the last cause says of itself, which may hold a few of their words. */
  String detail(Throwable failure) {
    Throwable last = failure;
    for (int i = 0; last.getCause() != null && i < MAX_DEPTH; i++) {
      last = last.getCause();
    }
    String said = String.valueOf(last.getMessage() == null ? last : last.getMessage());
    return word() + ": " + said.substring(0, Math.min(MAX_DETAIL, said.length()));
  }

  /**
   * By the innermost cause that tells.
   *
   * @param secure whether it was to be TLS
   */
  static ConnectFault of(Throwable failure, boolean secure) {
    // With TLS 1.3 our side is done before the other has seen our certificate.
    boolean tls = secure && isClosed(failure);
    ConnectFault found = null;
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_DEPTH; i++) {
      tls |= cause instanceof SSLException || cause instanceof GeneralSecurityException;
      ConnectFault here = tls ? ofTls(cause) : ofTcp(cause);
      found = here == null ? found : here;
      cause = cause.getCause();
    }
    if (found == null) {
      return tls ? TLS_OTHER : UNREACHABLE;
    }
    return found;
  }

  private static boolean isClosed(Throwable failure) {
    return failure instanceof HttpClosedException || failure == ConnectionBase.CLOSED_EXCEPTION;
  }

  private static @Nullable ConnectFault ofTcp(Throwable cause) {
    if (cause instanceof ConnectionPoolTooBusyException) {
      return POOL_FULL;
    }
    if (cause instanceof InsideAddressException) {
      return INSIDE_ADDRESS;
    }
    if (cause instanceof UnknownHostException) {
      return NOT_RESOLVED;
    }
    if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
      return TIMED_OUT;
    }
    return cause instanceof ConnectException ? REFUSED : null;
  }

  private static @Nullable ConnectFault ofTls(Throwable cause) {
    if (cause instanceof SslHandshakeTimeoutException) {
      return TLS_TIMED_OUT;
    }
    if (cause instanceof NotSslRecordException) {
      return TLS_NO_COMMON_TERMS;
    }
    if (cause instanceof CertificateExpiredException
        || cause instanceof CertificateNotYetValidException) {
      return TLS_EXPIRED;
    }
    if (cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException) {
      return TLS_UNTRUSTED;
    }
    if (cause instanceof ClosedChannelException || isClosed(cause)) {
      return TLS_BROKE_OFF;
    }
    return ofWords(String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT));
  }

  /** As the JDK and BoringSSL word what they have no exception of its own for. */
  private static @Nullable ConnectFault ofWords(String said) {
    if (said.startsWith("NO SUBJECT ALTERNATIVE") || said.startsWith("NO NAME MATCHING")) {
      return TLS_WRONG_NAME;
    }
    if (said.contains("RESET BY PEER") || said.contains("CONNECTION RESET")) {
      return TLS_BROKE_OFF;
    }
    if (said.contains("WRONG_VERSION_NUMBER") || said.contains("UNSUPPORTED_PROTOCOL")) {
      return TLS_NO_COMMON_TERMS;
    }
    return said.contains("ALERT") ? ofAlert(said) : null;
  }

  private static ConnectFault ofAlert(String said) {
    if (said.contains("CERTIFICATE") || said.contains("UNKNOWN_CA") || said.contains("DENIED")) {
      return TLS_REFUSED_US;
    }
    return said.contains("PROTOCOL_VERSION")
            || said.contains("HANDSHAKE_FAILURE")
            || said.contains("INSUFFICIENT_SECURITY")
        ? TLS_NO_COMMON_TERMS
        : TLS_OTHER;
  }
}
