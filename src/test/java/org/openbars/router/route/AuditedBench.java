package org.openbars.router.route;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openbars.router.RouterProcess;
import org.openbars.router.audit.ManualAudit;
import org.openbars.router.fixture.Bench;
import org.openbars.router.listen.Listeners;
import org.openbars.router.message.ExchangeRecord;

/** One more listener on a bench's node, whose records the test sees. */
final class AuditedBench {
  final ManualAudit audit = new ManualAudit();
  final int port;
  private final Bench bench;

  /** Of a bench that runs; ends with it. */
  AuditedBench(Bench bench) {
    this(bench, InstantSource.system());
  }

  /** As the other, with a wall clock of its own. */
  AuditedBench(Bench bench, InstantSource clock) {
    this.bench = bench;
    RouterProcess process = bench.router().process();
    try {
      port =
          Listeners.start(
                  process.vertx(),
                  process.node().listen(),
                  Duration.ofMinutes(1),
                  process.node().receivers().keyring(),
                  () -> new Router(process.vertx(), process.node(), audit::place, clock))
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS)
              .port();
    } catch (Exception e) {
      throw new IllegalStateException("not listening", e);
    }
  }

  /** The one record since {@link ManualAudit#clear}. */
  ExchangeRecord record() {
    await().until(() -> audit.closed().size() == 1);
    return audit.closed().get(0);
  }

  double counter(String name, String tag, String value) {
    return process().node().meters().registry().get(name).tag(tag, value).counter().count();
  }

  double count(String name) {
    return process().node().meters().registry().get(name).counter().count();
  }

  double gauge(String name) {
    return process().node().meters().registry().get(name).gauge().value();
  }

  private RouterProcess process() {
    return bench.router().process();
  }
}
