package org.openbars.router.conformance;

import org.junit.jupiter.api.TestReporter;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.Interaction;

/**
 * What a test says it has proved, as its last statement. It counts only if the test then succeeds.
 */
public final class Proof {
  static final String KEY = "proves";

  private Proof() {}

  /** The interaction went through the router both ways, asked for in this version. */
  public static void interaction(
      TestReporter reporter, Interaction interaction, ApiVersion version) {
    reporter.publishEntry(KEY, Claim.interaction(interaction, version).text());
  }

  /** The journey was played to its end in this format, its messages base R4. */
  public static void journey(TestReporter reporter, String code, AnswerFormat format) {
    reporter.publishEntry(KEY, Claim.journey(code, format).text());
  }

  /** The fault is answered as the contract says. */
  public static void error(
      TestReporter reporter, BarsError error, Dialect dialect, AnswerFormat format) {
    reporter.publishEntry(KEY, Claim.error(error, dialect, format).text());
  }
}
