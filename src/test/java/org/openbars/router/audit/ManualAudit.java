package org.openbars.router.audit;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.openbars.router.message.ExchangeRecord;

/** An audit on a disk that answers when the test says so. Any thread. */
public final class ManualAudit {
  private record Waiting(Context context, Consumer<Boolean> then) {}

  private final List<ExchangeRecord> opened = new CopyOnWriteArrayList<>();
  private final List<ExchangeRecord> closed = new CopyOnWriteArrayList<>();
  private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
  private volatile boolean holdsOpened;
  private volatile boolean holdsClosed;

  private final AuditPlace.Entries entries =
      new AuditPlace.Entries() {
        @Override
        public void opened(ExchangeRecord soFar, Consumer<Boolean> then) {
          opened.add(soFar);
          take(holdsOpened, then);
        }

        @Override
        public void closed(ExchangeRecord exchange, boolean hadOpened, Runnable then) {
          closed.add(exchange);
          take(holdsClosed, go -> then.run());
        }

        @Override
        public void unplaced(ExchangeRecord exchange) {}

        @Override
        public void refused() {}
      };

  private void take(boolean hold, Consumer<Boolean> then) {
    if (hold) {
      waiting.add(new Waiting(Vertx.currentContext(), then));
    } else {
      then.accept(true);
    }
  }

  /** A place for one exchange. */
  public AuditPlace place() {
    return AuditPlace.held(entries);
  }

  /** Which entries wait for {@link #answer} from now on. */
  public void holds(boolean openings, boolean closings) {
    holdsOpened = openings;
    holdsClosed = closings;
  }

  /** How many entries wait. */
  public int waiting() {
    return waiting.size();
  }

  /** Answers all that wait, on their own event loops; they stay answerable, as if told twice. */
  public void answer(boolean go) {
    waiting.forEach(each -> each.context().runOnContext(v -> each.then().accept(go)));
  }

  public List<ExchangeRecord> opened() {
    return List.copyOf(opened);
  }

  public List<ExchangeRecord> closed() {
    return List.copyOf(closed);
  }

  /** Forgets everything. */
  public void clear() {
    holds(false, false);
    waiting.clear();
    opened.clear();
    closed.clear();
  }
}
