package org.openbars.router;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openbars.router.config.RouterConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a router for a command, says in one line why it could not, and stops it with the process.
 */
final class RunUntilStopped {
  private static final Logger LOG = LoggerFactory.getLogger(RunUntilStopped.class);

  /** Exchanges in flight get the longest a receiver may take, and the audit a little on top. */
  private static final Duration STOP_WITHIN = Duration.ofSeconds(40);

  private static final int START_SECONDS = 60;

  private RunUntilStopped() {}

  /** Runs it; returns the process's exit code when the start failed, and 0 once stopped. */
  static int run(RouterConfig config, List<String> warnings) {
    warnings.forEach(LOG::warn);
    RouterProcess router;
    try {
      router = start(config);
    } catch (StartFailed e) {
      System.err.println("bars-router: " + e.getMessage());
      return Main.EXIT_FAILED;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  await(router.stop(STOP_WITHIN).toCompletionStage().toCompletableFuture());
                  stopped.countDown();
                },
                "bars-stop"));
    LOG.info("ready: senders on {}:{}", config.listen().host(), router.port());
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** Starts a router and waits until it listens. Blocking. */
  static RouterProcess start(RouterConfig config) throws StartFailed {
    try {
      return RouterProcess.start(config)
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new StartFailed(reason(config, e.getCause() == null ? e : e.getCause()), e);
    } catch (IOException | IllegalArgumentException | TimeoutException e) {
      throw new StartFailed("could not start: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailed("interrupted", e);
    }
  }

  private static String reason(RouterConfig config, Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BindException
          || String.valueOf(each.getMessage()).contains("already in use")) {
        return "cannot listen: "
            + each.getMessage()
            + "; ports asked for are "
            + config.listen().host()
            + ":"
            + config.listen().port()
            + " (listen.port) and "
            + config.admin().host()
            + ":"
            + config.admin().port()
            + " (admin.port); stop what uses them or choose others";
      }
    }
    return "could not start: " + cause;
  }

  private static void await(CompletableFuture<?> future) {
    try {
      future.get(STOP_WITHIN.toSeconds() + 5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      System.err.println("bars-router: did not stop cleanly: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Why a router did not start, in one line for an operator. */
  static final class StartFailed extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
