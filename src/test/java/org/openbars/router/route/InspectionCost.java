package org.openbars.router.route;

import com.sun.management.ThreadMXBean;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.VertxInternal;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openbars.router.fixture.Bench;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

/**
 * What inspection costs an exchange: CPU time and allocation of the router's event loops, on and
 * off by turns in one process. Not a test: run its {@code main}.
 */
final class InspectionCost {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 9;
  private static final int EXCHANGES = 8000;
  private static final int AT_ONCE = 16;
  private static final Buffer BOOKING =
      Buffer.buffer(
          SyntheticMessages.json(
              SyntheticMessages.from(new TargetIdentifier(RunningRouter.SYSTEM, "ordinary"))
                  .bookingRequest()));

  private record Cost(double micros, double bytes) {}

  private InspectionCost() {}

  public static void main(String[] args) {
    String[][] settings = {
      {"inspect.mode=off"}, {"inspect.mode=envelope"}, {"inspect.on-mismatch=refuse"}
    };
    List<Bench> benches = new ArrayList<>();
    List<List<Cost>> costs = new ArrayList<>();
    for (String[] setting : settings) {
      Bench bench = new Bench().target("ordinary", "");
      String[] pair = setting[0].split("=", 2);
      bench.setup().set(pair[0], pair[1]);
      benches.add(bench.start());
      costs.add(new ArrayList<>());
    }
    for (int round = -4; round < ROUNDS; round++) {
      for (int i = 0; i < settings.length; i++) {
        Cost cost = round(benches.get(i));
        if (round >= 0) {
          costs.get(i).add(cost);
        }
      }
    }
    Cost off = median(costs.get(0));
    for (int i = 0; i < settings.length; i++) {
      Cost cost = median(costs.get(i));
      System.out.printf(
          "%-28s %6.1f us CPU (x %.3f), %8.0f bytes allocated (x %.3f), body %d bytes%n",
          settings[i][0],
          cost.micros,
          cost.micros / off.micros,
          cost.bytes,
          cost.bytes / off.bytes,
          BOOKING.length());
    }
    benches.forEach(Bench::close);
  }

  private static Cost median(List<Cost> costs) {
    double[] micros = costs.stream().mapToDouble(Cost::micros).sorted().toArray();
    double[] bytes = costs.stream().mapToDouble(Cost::bytes).sorted().toArray();
    System.out.println(Arrays.toString(micros));
    return new Cost(micros[micros.length / 2], bytes[bytes.length / 2]);
  }

  private static Cost round(Bench bench) {
    long[] threads = loops(bench.router().process().vertx());
    Exchanges sender = new Exchanges(bench.vertx(), HttpVersion.HTTP_1_1);
    long cpu = cpu(threads);
    long bytes = bytes(threads);
    List<Future<Integer>> chains = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      chains.add(chain(bench, sender, EXCHANGES / AT_ONCE));
    }
    chains.forEach(Exchanges::await);
    return new Cost(
        (cpu(threads) - cpu) / 1000.0 / EXCHANGES, (bytes(threads) - bytes) / (double) EXCHANGES);
  }

  private static Future<Integer> chain(Bench bench, Exchanges sender, int left) {
    if (left == 0) {
      return Future.succeededFuture(0);
    }
    return sender
        .exchange(bench.to("ordinary", HttpMethod.POST, "/$process-message"), BOOKING)
        .compose(answered -> chain(bench, sender, left - 1));
  }

  private static long[] loops(Vertx vertx) {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 16; i++) {
      Promise<Long> id = Promise.promise();
      ((VertxInternal) vertx)
          .createEventLoopContext()
          .runOnContext(v -> id.complete(Thread.currentThread().getId()));
      ids.add(Exchanges.await(id.future()));
    }
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private static long cpu(long[] threads) {
    return Arrays.stream(threads).map(THREADS::getThreadCpuTime).sum();
  }

  private static long bytes(long[] threads) {
    return Arrays.stream(threads).map(THREADS::getThreadAllocatedBytes).sum();
  }
}
