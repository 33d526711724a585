package org.openbars.router.fhir;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;

/**
 * HAPI's one context for FHIR R4. Its first use takes seconds and every use may take milliseconds:
 * workers only.
 */
public final class FhirR4 {
  private FhirR4() {}

  private static final class Holder {
    static final FhirContext CONTEXT = FhirContext.forR4();
  }

  /** The context; thread-safe, built at the first call. */
  public static FhirContext context() {
    return Holder.CONTEXT;
  }

  /** A parser for one thread that throws on whatever FHIR R4 does not allow. */
  public static IParser strictParser(AnswerFormat format) {
    IParser parser =
        switch (format) {
          case JSON -> context().newJsonParser();
          case XML -> context().newXmlParser();
        };
    return parser.setParserErrorHandler(new StrictErrorHandler());
  }
}
