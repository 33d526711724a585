package org.openbars.router.outcome;

import io.vertx.core.buffer.Buffer;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;

/**
 * Decides whether a receiver's own error answer reaches the sender or ours takes its place: a
 * sender that finds no OperationOutcome in an answer treats it as a communications failure (Core
 * 1.5.0, Message-Routing, and Transactional-integrity on retries). Immutable, for any thread; at
 * most {@link #LIMIT} bytes are parsed, so it may run on an event loop.
 */
public final class ReceiverErrors {
  /** The largest body that is looked at, in bytes; a larger one is left as it is. */
  public static final int LIMIT = 64 * 1024;

  private static final Verdict PASS = new Verdict.Pass();
  private static final int FORBIDDEN = 403;
  private static final int SERVER_ERROR = 500;
  private static final int BAD_GATEWAY = 502;
  private static final int UNAVAILABLE = 503;
  private static final int GATEWAY_TIMEOUT = 504;

  private final Dialect dialect;

  public ReceiverErrors(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Whether answers of this status are judged at all; every other passes unseen. */
  public boolean looksAt(int status) {
    return switch (status) {
      case FORBIDDEN, SERVER_ERROR, UNAVAILABLE, GATEWAY_TIMEOUT -> true;
      case BAD_GATEWAY -> dialect == Dialect.GUIDE;
      default -> false;
    };
  }

  /** Judges an answer by its status and whole, unencoded body, whatever its content type. */
  public Verdict judge(int status, Buffer body) {
    if (!looksAt(status)) {
      return PASS;
    }
    if (body.length() > LIMIT) {
      return judgeUnseen(status);
    }
    return switch (dialect) {
      case GUIDE -> OutcomeReader.read(body.getBytes()).outcome() ? PASS : replace(status);
      case LIVE -> status == SERVER_ERROR ? liveServerError(body) : replace(status);
    };
  }

  /**
   * Judges an answer whose body cannot be looked at: larger than {@link #LIMIT}, encoded, or an
   * answer to {@code HEAD}. The live proxy replaces 403, 503 and 504 whatever they hold.
   */
  public Verdict judgeUnseen(int status) {
    boolean replaced = dialect == Dialect.LIVE && looksAt(status) && status != SERVER_ERROR;
    return replaced ? replace(status) : PASS;
  }

  private static Verdict liveServerError(Buffer body) {
    String code = OutcomeReader.read(body.getBytes()).firstIssueCode();
    if (code == null) {
      return new Verdict.Replace(BarsError.RECEIVER_ANSWERED_ERROR);
    }
    return code.equals("no-store")
        ? new Verdict.Replace(BarsError.RECEIVER_ANSWERED_NO_STORE)
        : PASS;
  }

  private static Verdict replace(int status) {
    return new Verdict.Replace(
        switch (status) {
          case FORBIDDEN -> BarsError.RECEIVER_ANSWERED_FORBIDDEN;
          case UNAVAILABLE -> BarsError.RECEIVER_ANSWERED_UNAVAILABLE;
          case GATEWAY_TIMEOUT -> BarsError.RECEIVER_ANSWERED_TIMEOUT;
          default -> BarsError.RECEIVER_ANSWERED_ERROR;
        });
  }
}
