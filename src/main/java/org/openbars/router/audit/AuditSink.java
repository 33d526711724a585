package org.openbars.router.audit;

import io.vertx.core.Future;
import java.util.List;
import org.openbars.router.journal.Gap;
import org.openbars.router.message.ExchangeRecord;

/**
 * Where the journal's records go. Each sink is shipped to by itself, one batch at a time and oldest
 * first; one that is slow or away holds up neither the exchanges nor another sink. A batch may come
 * again after a crash or an answer that was lost, so storing it twice must leave one record of each
 * id, or two that can be told to be the same. Called on the audit's context only.
 */
interface AuditSink {
  /** Short and stable: it names the sink's position file and is a tag of its meters. */
  String name();

  /**
   * Stores a batch; completes when the sink has it for good. A failure that is a {@link
   * RefusedBatch} says that the same records would be refused again: the batch is halved until the
   * one bad record is found. After any other failure the same batch is tried again, for ever.
   */
  Future<Void> store(List<ExchangeRecord> batch);

  /**
   * Stores what the journal could not give any more; failures are taken as those of {@link #store}.
   * A sink that keeps none of it leaves that to the meters and the log.
   */
  default Future<Void> storeGaps(String node, List<Gap> gaps) {
    return Future.succeededFuture();
  }

  /** Ends its connections. Called once, when no batch is under way. */
  Future<Void> close();

  /** The sink will not take these records, whatever its state. Says nothing of their content. */
  final class RefusedBatch extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedBatch(String reason) {
      super(reason, null, false, false);
    }
  }
}
