package org.openbars.router;

/**
 * The jar's entry: compiled for Java 8 so that an older JVM prints one line instead of a class
 * version error.
 */
public final class Launcher {
  private Launcher() {}

  /** Starts {@code Main} on Java 17 or newer; otherwise says what is missing and exits 2. */
  public static void main(String[] args) throws Exception {
    String problem =
        problem(System.getProperty("java.specification.version"), System.getProperty("java.home"));
    if (!problem.isEmpty()) {
      System.err.println(problem);
      System.exit(2);
    }
    Class.forName("org.openbars.router.Main")
        .getMethod("main", String[].class)
        .invoke(null, new Object[] {args});
  }

  /** One line when this Java is too old, else nothing. */
  static String problem(String version, String home) {
    return Double.parseDouble(version) >= 17
        ? ""
        : "bars-router: needs Java 17 or newer, this is Java "
            + version
            + " ("
            + home
            + "); install a JDK 17 and run the same command with its java";
  }
}
