package org.openbars.router.perf;

/** Why a run cannot start, in one line that says what to do. */
final class RunRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RunRefused(String message) {
    super(message, null, false, false);
  }
}
