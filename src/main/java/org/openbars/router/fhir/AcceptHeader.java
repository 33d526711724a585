package org.openbars.router.fhir;

/**
 * One pass over an {@code Accept} header (RFC 9110, 12.5.1) that keeps the best weight of the XML
 * types and of all that JSON would satisfy. Used once, by one thread.
 */
final class AcceptHeader {
  private static final int FULL_WEIGHT = 1000;
  private static final int MAX_DECIMALS = 3;
  private static final int MALFORMED = -1;

  private final String header;
  private int at;
  private int xml;
  private int json;

  AcceptHeader(String header) {
    this.header = header;
  }

  /** Whether XML outweighs JSON; false for a malformed header. */
  boolean prefersXml() {
    while (true) {
      skipBlanks();
      if (at == header.length()) {
        return xml > json;
      }
      if (header.charAt(at) == ',') {
        at++;
      } else if (!range()) {
        return false;
      }
    }
  }

  private boolean range() {
    int start = at;
    boolean typed = token() && at < header.length() && header.charAt(at++) == '/' && token();
    if (!typed) {
      return false;
    }
    int end = at;
    int weight = parameters();
    if (weight == MALFORMED) {
      return false;
    }
    if (is(start, end, "application/fhir+xml")
        || is(start, end, "application/xml")
        || is(start, end, "text/xml")) {
      xml = Math.max(xml, weight);
    } else if (is(start, end, "application/fhir+json")
        || is(start, end, "application/json")
        || is(start, end, "text/json")
        || is(start, end, "application/*")
        || is(start, end, "*/*")) {
      json = Math.max(json, weight);
    }
    return true;
  }

  /** Reads up to the range's end; the weight in thousandths, or {@link #MALFORMED}. */
  private int parameters() {
    int weight = FULL_WEIGHT;
    while (true) {
      skipBlanks();
      if (at == header.length() || header.charAt(at) == ',') {
        return weight;
      }
      if (header.charAt(at) != ';') {
        return MALFORMED;
      }
      at++;
      skipBlanks();
      int name = at;
      if (!token()) {
        continue; // an empty parameter, as in "type;"
      }
      int nameEnd = at;
      if (at == header.length() || header.charAt(at++) != '=') {
        return MALFORMED;
      }
      int value = at;
      if (!value()) {
        return MALFORMED;
      }
      if (is(name, nameEnd, "q")) {
        weight = weight(value, at);
        if (weight == MALFORMED) {
          return MALFORMED;
        }
      }
    }
  }

  /** Steps over a parameter's value; false if it is empty or its quotes do not close. */
  private boolean value() {
    if (at == header.length() || header.charAt(at) != '"') {
      return token();
    }
    for (at++; at < header.length(); at++) {
      char c = header.charAt(at);
      if (c == '"') {
        at++;
        return true;
      }
      if (c == '\\') {
        at++;
      }
    }
    return false;
  }

  private int weight(int start, int end) {
    char first = header.charAt(start);
    if (first != '0' && first != '1') {
      return MALFORMED;
    }
    int weight = first == '1' ? FULL_WEIGHT : 0;
    if (end == start + 1) {
      return weight;
    }
    if (header.charAt(start + 1) != '.' || end - start - 2 > MAX_DECIMALS) {
      return MALFORMED;
    }
    int worth = FULL_WEIGHT / 10;
    for (int i = start + 2; i < end; i++) {
      char c = header.charAt(i);
      if (c < '0' || c > '9') {
        return MALFORMED;
      }
      weight += (c - '0') * worth;
      worth /= 10;
    }
    return weight <= FULL_WEIGHT ? weight : MALFORMED;
  }

  /** Steps over a token (RFC 9110, 5.6.2); false if there is none. */
  private boolean token() {
    int start = at;
    while (at < header.length() && isTokenChar(header.charAt(at))) {
      at++;
    }
    return at > start;
  }

  private void skipBlanks() {
    while (at < header.length() && (header.charAt(at) == ' ' || header.charAt(at) == '\t')) {
      at++;
    }
  }

  private boolean is(int start, int end, String name) {
    return end - start == name.length() && header.regionMatches(true, start, name, 0, end - start);
  }

  private static boolean isTokenChar(char c) {
    boolean alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
