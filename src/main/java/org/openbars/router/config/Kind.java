package org.openbars.router.config;

import java.nio.file.Path;

/**
 * How a value is written.
 *
 * @param allowed for faults and for the operator's file, for example {@code 0 to 65535}
 */
record Kind<T>(String allowed, Reading<T> reading) {
  /** Turns a text into a value; relative paths start at {@code folder}. */
  interface Reading<T> {
    T read(String text, Path folder) throws Refused;
  }

  T read(String text, Path folder) throws Refused {
    return reading.read(text, folder);
  }

  /** Why a text is no value; worded to follow the value, and never holding it. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final String problem;

    Refused(String problem) {
      super(problem, null, false, false);
      this.problem = problem;
    }

    String problem() {
      return problem;
    }
  }
}
