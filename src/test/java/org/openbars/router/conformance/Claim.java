package org.openbars.router.conformance;

import java.util.Locale;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.Interaction;

/** One cell of the page: something that a test can prove. */
record Claim(String text) {
  static Claim interaction(Interaction interaction, ApiVersion version) {
    return new Claim("interaction " + interaction + " " + version);
  }

  static Claim journey(String code, AnswerFormat format) {
    return new Claim("journey " + code + " " + format);
  }

  static Claim error(BarsError error, Dialect dialect, AnswerFormat format) {
    return new Claim("error " + error + " " + dialect + " " + format);
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
