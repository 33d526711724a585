package org.openbars.router.audit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.ExchangeRecord;

/**
 * Sends records to a Kafka topic: key the correlation id, so that a conversation stays in order,
 * value the JSON event, header {@code id} the record's. A batch is stored when every replica in
 * step has all of it; one that came twice is there twice, with the same ids. Kafka's client may
 * wait in {@code send} for as long as {@link Waits#metadata}, so it is used on a worker of its own,
 * and made anew after each failure. {@link #store} is for the audit's context only.
 */
final class KafkaSink implements AuditSink {
  static final String NAME = "kafka";

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /**
   * The bounds of each wait.
   *
   * @param metadata for the cluster to tell who leads the topic, and for room in the buffer
   * @param request for one request and its answer
   * @param delivery for a record, Kafka's own tries included; more than {@code request}
   */
  record Waits(Duration metadata, Duration request, Duration delivery) {
    static final Waits USUAL =
        new Waits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  private final KafkaConfig config;
  private final Waits waits;
  private final ExchangeJson events;
  private final WorkerExecutor worker;
  // The worker's, which has one thread.
  private @Nullable Producer<String, byte[]> producer;

  KafkaSink(Vertx vertx, KafkaConfig config) {
    this(vertx, config, Waits.USUAL);
  }

  KafkaSink(Vertx vertx, KafkaConfig config, Waits waits) {
    this.config = config;
    this.waits = waits;
    this.events = new ExchangeJson(config.nhsNumbers());
    this.worker = vertx.createSharedWorkerExecutor("bars-audit-kafka", 1);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Future<Void> store(List<ExchangeRecord> batch) {
    Duration most = waits.delivery().plus(waits.request()).plus(MARGIN);
    return worker
        .executeBlocking(() -> send(batch))
        .compose(sent -> sent)
        .timeout(most.toMillis(), TimeUnit.MILLISECONDS)
        .recover(this::failed);
  }

  @Override
  public Future<Void> close() {
    return worker.executeBlocking(this::dropProducer).eventually(worker::close);
  }

  private Future<Void> failed(Throwable e) {
    if (e instanceof RefusedBatch) {
      return Future.failedFuture(e);
    }
    // What it still holds would arrive beside the next try.
    return worker
        .executeBlocking(this::dropProducer)
        .transform(
            dropped ->
                Future.failedFuture(e instanceof StoreFailure ? e : new StoreFailure(what(e))));
  }

  private Future<Void> send(List<ExchangeRecord> batch) throws RefusedBatch, StoreFailure {
    List<ProducerRecord<String, byte[]>> all = new ArrayList<>(batch.size());
    for (ExchangeRecord exchange : batch) {
      all.add(message(exchange));
    }
    Producer<String, byte[]> to = producer();
    Sending sending = new Sending();
    for (ProducerRecord<String, byte[]> each : all) {
      // After a failure each further one might wait as long.
      if (!sending.send(to, each)) {
        break;
      }
    }
    return sending.outcome();
  }

  private ProducerRecord<String, byte[]> message(ExchangeRecord exchange) throws RefusedBatch {
    String id = exchange.id().toString();
    String correlationId = AuditText.id(exchange.asked().correlationId());
    ProducerRecord<String, byte[]> message =
        new ProducerRecord<>(
            config.topic(), correlationId == null ? id : correlationId, events.bytes(exchange));
    message.headers().add("id", id.getBytes(StandardCharsets.US_ASCII));
    return message;
  }

  private Producer<String, byte[]> producer() throws StoreFailure {
    Producer<String, byte[]> known = producer;
    if (known != null) {
      return known;
    }
    Map<String, Object> settings = KafkaSettings.of(config, waits);
    try {
      producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      // Its cause says which setting, or that no name of a server is known; and may quote a secret.
      throw new StoreFailure(
          "Kafka's client does not start; check audit.kafka.bootstrap-servers and"
              + " audit.kafka.properties-file: "
              + cause(e).getClass().getSimpleName());
    }
    return producer;
  }

  private @Nullable Void dropProducer() {
    Producer<String, byte[]> was = producer;
    producer = null;
    if (was != null) {
      was.close(AT_ONCE);
    }
    return null;
  }

  private static boolean isAboutTheRecord(Throwable e) {
    return e instanceof RecordTooLargeException
        || e instanceof RecordBatchTooLargeException
        || e instanceof InvalidRecordException
        || e instanceof SerializationException;
  }

  private String what(Throwable e) {
    String name = e.getClass().getSimpleName();
    if (e instanceof AuthenticationException || e instanceof AuthorizationException) {
      return "Kafka lets us not write to " + config.topic() + ": " + name;
    }
    if (e instanceof UnknownTopicOrPartitionException) {
      return "Kafka has no topic " + config.topic() + ": " + name;
    }
    if (e instanceof TimeoutException) {
      return "Kafka at "
          + config.bootstrapServers()
          + " did not answer in time, or has no topic "
          + config.topic();
    }
    return "Kafka did not store: " + name;
  }

  private static Throwable cause(Throwable e) {
    return e.getCause() == null ? e : e.getCause();
  }

  /** One batch's records on their way, and what became of them. */
  private static final class Sending {
    private final Promise<Void> outcome = Promise.promise();
    // Told by Kafka's thread and by the worker; one more than records, until all are handed over.
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<@Nullable Throwable> refusal = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** False when nothing more should be sent. */
    boolean send(Producer<String, byte[]> producer, ProducerRecord<String, byte[]> message) {
      open.incrementAndGet();
      try {
        // Its own future says what the callback is told.
        var unused = producer.send(message, (metadata, e) -> answered(e));
      } catch (RuntimeException e) {
        answered(e);
      }
      return failure.get() == null;
    }

    Future<Void> outcome() {
      ended();
      return outcome.future();
    }

    private void answered(@Nullable Exception e) {
      if (e != null) {
        (isAboutTheRecord(e) ? refusal : failure).compareAndSet(null, e);
      }
      ended();
    }

    private void ended() {
      if (open.decrementAndGet() > 0) {
        return;
      }
      Throwable refused = refusal.get();
      Throwable failed = failure.get();
      if (failed != null) {
        outcome.tryFail(failed);
      } else if (refused != null) {
        outcome.tryFail(new RefusedBatch("Kafka: " + refused.getClass().getSimpleName()));
      } else {
        outcome.tryComplete();
      }
    }
  }
}
