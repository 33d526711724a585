package org.openbars.router.sandbox.journey;

import java.util.List;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.sandbox.synthetic.UseCase;

/**
 * One care journey: a use case, and what its two ends send one another, in order.
 *
 * @param status how settled its rules are
 * @param format of every body
 */
public record Journey(
    UseCase useCase, String title, Status status, AnswerFormat format, List<Act> acts) {
  /** How settled the published rules of a use case are. */
  public enum Status {
    LIVE,
    BETA,
    ALPHA
  }

  public Journey {
    acts = List.copyOf(acts);
    if (acts.isEmpty()) {
      throw new IllegalArgumentException("steps must not be empty");
    }
  }

  /** The same journey, its bodies in another format. */
  public Journey in(AnswerFormat other) {
    return new Journey(useCase, title, status, other, acts);
  }

  public String code() {
    return useCase.code();
  }
}
