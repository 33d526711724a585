package org.openbars.router.admin;

import io.vertx.core.Future;
import org.openbars.router.audit.AuditSearch;

/** Who answers audit questions: {@code AuditSearch::find}. Answers on the caller's context. */
@FunctionalInterface
public interface AuditQuestions {
  Future<AuditSearch.Answer> ask(AuditSearch.Query query);
}
