package org.openbars.router.fhir;

import org.jspecify.annotations.Nullable;

/** The two formats that the router writes its own answers in. */
public enum AnswerFormat {
  JSON("application/fhir+json"),
  XML("application/fhir+xml");

  private final String contentType;

  AnswerFormat(String contentType) {
    this.contentType = contentType;
  }

  /** The value of {@code Content-Type}. */
  public String contentType() {
    return contentType;
  }

  /**
   * The format that a sender wants, from its {@code Accept} header; several such headers are joined
   * by commas first. XML only if an XML type is preferred strictly over every JSON type and
   * wildcard; JSON in every other case, a malformed header included. Parameters such as {@code
   * version} do not count.
   */
  public static AnswerFormat of(@Nullable String accept) {
    if (accept == null) {
      return JSON;
    }
    if (accept.startsWith(JSON.contentType) && accept.indexOf(',') < 0) {
      return JSON;
    }
    return new AcceptHeader(accept).prefersXml() ? XML : JSON;
  }
}
