package org.openbars.router;

import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.openbars.router.admin.Page;
import org.openbars.router.config.ConfigReload;
import org.openbars.router.config.RouterConfig;
import org.openbars.router.meter.Logs;

/**
 * Starts a router for a command, says in one line why it could not, and stops it with the process.
 * Blocking.
 */
final class RunUntilStopped {
  private static final int START_SECONDS = 60;

  private RunUntilStopped() {}

  /**
   * Waits until the process is told to stop, then runs {@code stop} and closes the log. A second
   * signal meanwhile ends the process at once.
   */
  static int run(Callable<?> stop) {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    StopSignals.handle(told::countDown);
    // For an end that no signal announces.
    Thread hook = new Thread(() -> ended(told, stopped), "bars-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      told.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      stop.call();
    } catch (Exception e) {
      System.err.println("bars-router: did not stop cleanly: " + e);
    } finally {
      Logs.close();
      stopped.countDown();
    }
    return 0;
  }

  private static void ended(CountDownLatch told, CountDownLatch stopped) {
    told.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts a router and waits until it listens. */
  static RouterProcess start(
      RouterConfig config, Map<String, Page> pages, @Nullable ConfigReload source)
      throws StartFailed {
    try {
      return await(RouterProcess.start(config, pages, source), Duration.ofSeconds(START_SECONDS));
    } catch (ExecutionException e) {
      throw new StartFailed(reason(config, e.getCause() == null ? e : e.getCause()), e);
    } catch (IOException | IllegalArgumentException | TimeoutException e) {
      throw new StartFailed("could not start: " + e.getMessage(), e);
    }
  }

  private static String reason(RouterConfig config, Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BindException
          || String.valueOf(each.getMessage()).contains("already in use")) {
        return "cannot listen: a port is in use; asked for are "
            + config.listen().host()
            + ":"
            + config.listen().port()
            + " (listen.port) and "
            + config.admin().host()
            + ":"
            + config.admin().port()
            + " (admin.port); stop what uses them, or choose others with --set listen.port=... --set admin.port=...";
      }
    }
    return "could not start: " + cause;
  }

  /** Waits for a future on a thread that may block. */
  static <T> T await(Future<T> future, Duration within)
      throws ExecutionException, TimeoutException, StartFailed {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailed("interrupted", e);
    }
  }

  /** Why a command did not start, in one line for an operator. */
  static final class StartFailed extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
