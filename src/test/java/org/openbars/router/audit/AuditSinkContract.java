package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.openbars.router.audit.SampleExchanges.NHS_NUMBER;
import static org.openbars.router.audit.SampleExchanges.booking;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.TcpGate;
import org.openbars.router.message.ExchangeRecord;
import org.openbars.router.message.TargetIdentifier;

/** What every sink of the audit does, whatever is behind it; each test has a store of its own. */
abstract class AuditSinkContract {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BATCH = 500;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = ((VertxInternal) vertx).createEventLoopContext();
  final SampleExchanges samples = new SampleExchanges();
  private AuditSink sink;

  /** A sink with short waits that reaches its store through {@link #gate()}. */
  abstract AuditSink sink(Vertx onVertx) throws Exception;

  abstract TcpGate gate();

  /** Ids of what is stored, in its order; one that is stored twice is there twice. */
  abstract List<String> stored() throws Exception;

  /** Whether {@code text} stands anywhere in what is stored. */
  abstract boolean holds(String text) throws Exception;

  /** A record that the store refuses from now on, as often as it comes. */
  abstract ExchangeRecord unacceptable();

  /** Whether the store keeps NHS numbers when nothing else is asked for. */
  boolean keepsNhsNumbers() {
    return false;
  }

  @AfterEach
  final void endSink() throws Exception {
    gate().open();
    if (sink != null) {
      result(onContext(sink::close));
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void storesABatchInItsOrder() throws Exception {
    start();
    List<ExchangeRecord> batch = records(BATCH);

    result(store(batch));

    assertThat(stored()).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void aBatchThatComesTwiceCanBeToldByItsIds() throws Exception {
    start();
    List<ExchangeRecord> batch = records(20);

    result(store(batch));
    result(store(batch));

    assertThat(new HashSet<>(stored())).containsExactlyInAnyOrderElementsOf(ids(batch));
    assertThat(stored().size()).isIn(20, 40);
  }

  @Test
  void tenThousandRecordsArriveInTheirOrder() throws Exception {
    start();
    List<ExchangeRecord> all = records(10_000);

    for (int from = 0; from < all.size(); from += BATCH) {
      result(store(all.subList(from, from + BATCH)));
    }

    assertThat(stored()).containsExactlyElementsOf(ids(all));
  }

  @Test
  void awayAtStartItFailsAndStoresOnceItsStoreIsThere() throws Exception {
    gate().shut();
    start();
    List<ExchangeRecord> batch = records(20);

    assertThat(failure(store(batch))).isNotInstanceOf(AuditSink.RefusedBatch.class);
    gate().open();

    storeWithTries(batch);
    assertThat(withoutDoubles(stored())).containsExactlyElementsOf(ids(batch));
  }

  @Test
  void awayInTheMiddleItFailsAndLosesNothing() throws Exception {
    start();
    List<ExchangeRecord> first = records(20);
    List<ExchangeRecord> second = records(20);
    result(store(first));

    gate().shut();
    assertThat(failure(store(second))).isNotInstanceOf(AuditSink.RefusedBatch.class);
    gate().open();

    storeWithTries(second);
    List<String> expected = ids(first);
    expected.addAll(ids(second));
    assertThat(withoutDoubles(stored())).containsExactlyElementsOf(expected);
  }

  @Test
  void aStoreThatHangsIsGivenUp() throws Exception {
    start();
    List<ExchangeRecord> first = records(20);
    List<ExchangeRecord> second = records(20);
    result(store(first));

    gate().hang();
    assertThat(failure(store(second))).isNotInstanceOf(AuditSink.RefusedBatch.class);
    gate().open();

    storeWithTries(second);
    List<String> expected = ids(first);
    expected.addAll(ids(second));
    assertThat(withoutDoubles(stored())).containsExactlyElementsOf(expected);
  }

  @Test
  void aBadRecordIsRefusedAndHalvingFindsIt() throws Exception {
    ExchangeRecord bad = unacceptable();
    start();
    List<ExchangeRecord> batch = records(7);
    List<String> good = ids(batch);
    batch.add(3, bad);

    assertThat(failure(store(batch))).isInstanceOf(AuditSink.RefusedBatch.class);
    List<ExchangeRecord> refused = storeByHalves(batch);

    assertThat(refused).containsExactly(bad);
    assertThat(withoutDoubles(stored())).containsExactlyElementsOf(good);
  }

  @Test
  void anNhsNumberIsInNoTextOfTheSenders() throws Exception {
    start();
    String number = NHS_NUMBER.digits();
    ExchangeRecord exchange =
        samples.record(
            booking()
                .ids("about " + number, number)
                .to(new TargetIdentifier("urn:" + number, number))
                .useContext(number + "|" + number + "|" + number + "|" + number)
                .from(
                    SampleExchanges.base64(
                        SampleExchanges.ORGANISATION.replace("A1001", "N" + number)),
                    SampleExchanges.base64(
                        SampleExchanges.SOFTWARE.replace("SUPP-APP-1", "N" + number))));

    result(store(List.of(exchange)));

    assertThat(stored()).containsExactly(exchange.id().toString());
    assertThat(holds(number)).isFalse();
  }

  @Test
  void anNhsNumberIsKeptOnlyWhereThatIsAskedFor() throws Exception {
    start();
    ExchangeRecord exchange = samples.record(booking().about(NHS_NUMBER));

    result(store(List.of(exchange)));

    assertThat(holds(NHS_NUMBER.digits())).isEqualTo(keepsNhsNumbers());
  }

  @Test
  void closeEndsItsConnections() throws Exception {
    start();
    result(store(records(1)));
    assertThat(gate().standing()).isPositive();

    result(onContext(sink::close));
    sink = null;

    await().atMost(PATIENCE).until(() -> gate().standing() == 0);
  }

  final void start() throws Exception {
    CompletableFuture<AuditSink> started = new CompletableFuture<>();
    context.runOnContext(
        v -> {
          try {
            started.complete(sink(vertx));
          } catch (Exception e) {
            started.completeExceptionally(e);
          }
        });
    sink = result(started);
  }

  /** Stores on the audit's context, and holds the sink to answering there. */
  final CompletableFuture<Void> store(List<ExchangeRecord> batch) {
    return onContext(() -> sink.store(List.copyOf(batch)));
  }

  private interface Work {
    Future<Void> start();
  }

  private CompletableFuture<Void> onContext(Work work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.runOnContext(
        v ->
            work.start()
                .onComplete(
                    (stored, e) -> {
                      if (Vertx.currentContext() != context) {
                        done.completeExceptionally(
                            new AssertionError(
                                "on "
                                    + Vertx.currentContext()
                                    + " of "
                                    + Thread.currentThread()
                                    + ", not "
                                    + context));
                      } else if (e != null) {
                        done.completeExceptionally(e);
                      } else {
                        done.complete(null);
                      }
                    }));
    return done;
  }

  static <T> T result(CompletableFuture<T> done) throws Exception {
    return done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  static Throwable failure(CompletableFuture<Void> done) throws Exception {
    try {
      result(done);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      throw new AssertionError("neither stored nor failed in time", e);
    }
    throw new AssertionError("stored");
  }

  /** As the audit does with any failure but a refusal. */
  final void storeWithTries(List<ExchangeRecord> batch) {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> isStored(batch));
  }

  private boolean isStored(List<ExchangeRecord> batch) throws Exception {
    result(store(batch));
    return true;
  }

  /** As the audit does with a refusal; the records that stay refused. */
  private List<ExchangeRecord> storeByHalves(List<ExchangeRecord> batch) throws Exception {
    try {
      result(store(batch));
      return List.of();
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(AuditSink.RefusedBatch.class);
    }
    if (batch.size() == 1) {
      return batch;
    }
    int half = batch.size() / 2;
    List<ExchangeRecord> refused = new ArrayList<>(storeByHalves(batch.subList(0, half)));
    refused.addAll(storeByHalves(batch.subList(half, batch.size())));
    return refused;
  }

  final List<ExchangeRecord> records(int count) {
    List<ExchangeRecord> records = new ArrayList<>();
    // One conversation: a store may be free to order others as it likes.
    SampleExchanges.Sample sample = booking();
    for (int i = 0; i < count; i++) {
      records.add(samples.record(sample));
    }
    return records;
  }

  static List<String> ids(List<ExchangeRecord> records) {
    return new ArrayList<>(records.stream().map(exchange -> exchange.id().toString()).toList());
  }

  /** The first of each: a batch whose answer was lost came again. */
  static List<String> withoutDoubles(List<String> ids) {
    return ids.stream().distinct().toList();
  }
}
