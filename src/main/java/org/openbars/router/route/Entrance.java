package org.openbars.router.route;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admit.Entry;
import org.openbars.router.admit.Gate;
import org.openbars.router.wire.Connections;
import org.openbars.router.wire.RequestHeads;

/**
 * Takes from a request what proves its sender, and shows that to the gate. The gateway's header
 * goes no further, whoever wrote it. On the exchange's event loop.
 */
final class Entrance {
  private final Gate gate;

  Entrance(Gate gate) {
    this.gate = gate;
  }

  /**
   * Who sends, and whether it may. Complete at once, but for a token that is not known yet; told on
   * any thread then.
   */
  Future<Entry> ask(HttpServerRequest request, RequestHeads heads) {
    String header = gate.applicationHeader();
    return switch (gate.mode()) {
      case OPEN -> {
        request.headers().remove(header);
        yield Future.succeededFuture(gate.open());
      }
      case GATEWAY -> {
        List<String> names = request.headers().getAll(header);
        request.headers().remove(header);
        boolean trusted = Connections.noted(request.connection(), this::isGateway);
        String name = names.size() == 1 ? names.get(0) : null;
        yield Future.succeededFuture(gate.fromGateway(trusted, name));
      }
      case TOKEN -> {
        request.headers().remove(header);
        yield gate.withToken(heads.authorization());
      }
    };
  }

  private boolean isGateway(HttpConnection connection) {
    return gate.trust().isGateway(address(connection), certificate(connection));
  }

  private static @Nullable InetAddress address(HttpConnection connection) {
    SocketAddress remote = connection.remoteAddress(true);
    if (remote == null || !remote.isInetSocket()) {
      return null;
    }
    String address = remote.hostAddress();
    return address == null ? null : new InetSocketAddress(address, 0).getAddress();
  }

  /** TLS has verified it, or there is none. */
  private static @Nullable Certificate certificate(HttpConnection connection) {
    SSLSession session = connection.sslSession();
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length == 0 ? null : chain[0];
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }
}
