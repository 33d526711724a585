package org.openbars.router.fhir;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.CapabilityStatement;

/**
 * Makes the answer to {@code GET /metadata} without a target: our own statement or an operator's
 * file. Called at start; all work is on the worker {@code bars-fhir}.
 */
public final class Capability {
  private static final long MAX_SECONDS = 60;

  private Capability() {}

  /** Our own statement, from the {@code Interaction} table. */
  public static Future<CapabilityAnswer> ours(Vertx vertx, Installation installation) {
    return onWorker(vertx, () -> render(StatementOfOurs.of(installation)));
  }

  /**
   * The statement in a file, as {@code metadata.file} names it. Fails with a {@link
   * CapabilityFile.Unusable} that says what is wrong with the file.
   */
  public static Future<CapabilityAnswer> ofFile(Vertx vertx, Path file) {
    return onWorker(vertx, () -> CapabilityFile.read(file));
  }

  private static CapabilityAnswer render(CapabilityStatement statement) {
    String json =
        FhirR4.strictParser(AnswerFormat.JSON).setPrettyPrint(true).encodeToString(statement);
    String xml =
        FhirR4.strictParser(AnswerFormat.XML).setPrettyPrint(true).encodeToString(statement);
    return CapabilityAnswer.of(json.getBytes(UTF_8), xml);
  }

  private static <T> Future<T> onWorker(Vertx vertx, Callable<T> work) {
    WorkerExecutor worker =
        vertx.createSharedWorkerExecutor("bars-fhir", 1, MAX_SECONDS, TimeUnit.SECONDS);
    return worker.executeBlocking(work).eventually(worker::close);
  }
}
