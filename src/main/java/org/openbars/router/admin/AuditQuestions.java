package org.openbars.router.admin;

import io.vertx.core.Future;
import org.openbars.router.audit.AuditQuestion;
import org.openbars.router.audit.AuditSearch;

/** Who answers questions about the audit, on the caller's context. */
@FunctionalInterface
public interface AuditQuestions {
  /** Never fails; {@code caller} is who asks, as far as the admin port knows. */
  Future<AuditSearch.Answer> ask(AuditQuestion question, Caller caller);
}
