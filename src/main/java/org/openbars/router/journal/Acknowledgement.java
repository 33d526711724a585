package org.openbars.router.journal;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Someone waits to be told whether an entry is written. Told once, on the context that asked, or
 * where there is none on the telling thread.
 */
final class Acknowledgement {
  private static final Logger LOG = LoggerFactory.getLogger(Acknowledgement.class);
  private static final long MOST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable ContextInternal context;
  private final Consumer<Boolean> then;
  private final AtomicBoolean told = new AtomicBoolean();
  private final long deadline = System.nanoTime() + MOST_WAIT_NANOS;

  Acknowledgement(Consumer<Boolean> then) {
    Context current = Vertx.currentContext();
    this.context = current instanceof ContextInternal known ? known : null;
    this.then = then;
  }

  boolean overdue() {
    return System.nanoTime() - deadline >= 0;
  }

  boolean told() {
    return told.get();
  }

  void tell(boolean written) {
    if (!told.compareAndSet(false, true)) {
      return;
    }
    if (context != null) {
      context.runOnContext(v -> then.accept(written));
    } else {
      run(written);
    }
  }

  private void run(boolean written) {
    try {
      then.accept(written);
    } catch (RuntimeException e) {
      LOG.error("What waited for the audit's journal failed", e);
    }
  }

  /** Tells all of them that theirs is written: one hop for each event loop, not one for each. */
  static void tellAll(List<Acknowledgement> written) {
    if (written.size() == 1) {
      written.get(0).tell(true);
      return;
    }
    Map<Object, List<Acknowledgement>> byLoop = new HashMap<>();
    for (Acknowledgement each : written) {
      if (each.context != null && each.context.isEventLoopContext()) {
        byLoop.computeIfAbsent(each.context.nettyEventLoop(), loop -> new ArrayList<>()).add(each);
      } else {
        each.tell(true);
      }
    }
    for (List<Acknowledgement> loops : byLoop.values()) {
      ContextInternal any = loops.get(0).context;
      if (any != null) {
        any.nettyEventLoop().execute(() -> loops.forEach(Acknowledgement::tellHere));
      }
    }
  }

  // On its own event loop, where `emit` runs it at once.
  private void tellHere() {
    if (context != null && told.compareAndSet(false, true)) {
      context.emit(v -> then.accept(true));
    }
  }
}
