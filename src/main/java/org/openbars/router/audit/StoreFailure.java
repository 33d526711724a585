package org.openbars.router.audit;

/**
 * Why a sink did not store a batch this time. The message is for operators: it says what to look
 * at, and holds nothing of a record and no secret.
 */
final class StoreFailure extends Exception {
  private static final long serialVersionUID = 1L;

  StoreFailure(String message) {
    super(message, null, false, false);
  }
}
